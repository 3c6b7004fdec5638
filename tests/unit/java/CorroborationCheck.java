package crossbeat.corroboration;

import crossbeat.state.Packed;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.stream.Collectors;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.types.Row;

/**
 * Events as they are found: reads a state of a record a line, {@code id revision feed began ended lat lon weight stands},
 * and prints what it changed, {@code name evidence joined} with {@code -} for nothing, then an empty line. An empty line
 * begins anew. {@code java CorroborationCheck metres gap_ms longest_ms least}.
 */
public class CorroborationCheck {
    public static void main(String[] arguments) throws Exception {
        double metres = Double.parseDouble(arguments[0]);
        long gap = Long.parseLong(arguments[1]);
        long longest = Long.parseLong(arguments[2]);
        double least = Double.parseDouble(arguments[3]);
        MapView<Long, byte[]> shelves = new MapView<>();
        MapView<String, Long> places = new MapView<>();
        StringBuilder answer = new StringBuilder();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.isEmpty()) {
                shelves.clear();
                places.clear();
                continue;
            }
            Shelf shelf = new Shelf(shelves, places, metres, gap, longest);
            for (Row row : Change.of(sighting(line.split(" ")), shelf, least)) {
                String evidence = Packed.unpack(row.<byte[]>getFieldAs(2), Sighting::read).stream()
                        .map(Sighting::id)
                        .collect(Collectors.joining(","));
                String joined = row.getFieldAs(5);
                answer.append(row.<String>getFieldAs(1)).append(' ').append(evidence.isEmpty() ? "-" : evidence);
                answer.append(' ').append(joined.isEmpty() ? "-" : joined).append('\n');
            }
            shelf.close();
            answer.append('\n');
        }
        System.out.print(answer);
    }

    private static Sighting sighting(String[] said) {
        String[] feed = said[2].split("/");
        return new Sighting(
                said[0],
                Integer.parseInt(said[1]),
                feed[0],
                feed[1],
                "fire",
                "arson",
                Long.parseLong(said[3]),
                Long.parseLong(said[4]),
                Double.parseDouble(said[5]),
                Double.parseDouble(said[6]),
                Double.parseDouble(said[7]),
                "",
                said[8].equals("true"),
                "",
                false);
    }
}
