package crossbeat.lookout;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;

/**
 * What is told as look-outs and reads of one vehicle come, in this order and no other: reads a line each and prints
 * {@code recipient type evidence} for each alert, an empty line after each line. Lines, times in seconds:
 * {@code L id since until readers}, {@code G id} (the look-out is gone), {@code R id revision district camera at readers near},
 * {@code T id revision readers} (the read was taken back). Lists are joined by commas; {@code -} is an empty one.
 */
public class LookoutCheck {
    private static final String[] HIT = {
        "recipient", "read_id", "lookout_id", "gone", "read_revision", "camera", "camera_district", "read_at", "lat", "lon",
        "accuracy_m", "confidence", "owner", "case_reference", "reason", "authority", "until"
    };
    private static final long MINUTES_10 = 600_000;
    private static final long HOURS_2 = 7_200_000;

    private final Match match = new Match();
    private final Tell tell = new Tell();
    private final Match.Vehicle vehicle = new Match.Vehicle();
    private final Match.Ahead ahead = new Match.Ahead();
    private final Map<String, MapView<String, byte[]>> told = new HashMap<>();
    private final Map<String, Tell.Standing> standing = new HashMap<>();

    public static void main(String[] arguments) throws Exception {
        LookoutCheck check = new LookoutCheck();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            check.take(line.split(" "));
            System.out.println();
        }
    }

    private LookoutCheck() {
        match.setCollector(collector(row -> {
            Row hit = Row.withNames();
            for (int i = 0; i < HIT.length; i++) {
                hit.setField(HIT[i], row.getField(i));
            }
            hear(hit);
        }));
    }

    private void take(String[] said) throws Exception {
        if (said[0].equals("T")) {
            for (String recipient : list(said[3])) {
                Row row = Row.withNames();
                row.setField("recipient", recipient);
                row.setField("read_id", said[1]);
                row.setField("lookout_id", null);
                row.setField("read_revision", Integer.parseInt(said[2]));
                hear(row);
            }
            return;
        }
        Row row = Row.withNames();
        row.setField("record_id", said[1]);
        row.setField("camera", null);
        row.setField("gone", said[0].equals("G"));
        if (said[0].equals("L")) {
            row.setField("district", said[1].split(":")[0]);
            row.setField("case_reference", "case-1");
            row.setField("reason", "stolen_vehicle");
            row.setField("authority", "court");
            row.setField("since", at(said[2]));
            row.setField("until", at(said[3]));
            row.setField("readers", list(said[4]));
        } else if (said[0].equals("R")) {
            row.setField("revision", Integer.parseInt(said[2]));
            row.setField("district", said[3]);
            row.setField("camera", said[4]);
            row.setField("since", at(said[5]));
            row.setField("until", at(said[5]));
            row.setField("readers", list(said[6]));
            row.setField("near", list(said[7]));
            row.setField("lat", 43.65);
            row.setField("lon", -79.4);
            row.setField("accuracy_m", 15.0);
            row.setField("confidence", 0.9);
        }
        match.eval(vehicle, ahead, row, MINUTES_10);
    }

    private void hear(Row hit) throws Exception {
        String recipient = hit.getFieldAs("recipient");
        String key = recipient + " " + hit.getField("read_id");
        tell.setCollector(collector(alert -> System.out.println(recipient + " " + alert.getField(2) + " "
                + String.join(",", alert.<String[]>getFieldAs(7)))));
        tell.eval(
                standing.computeIfAbsent(key, name -> new Tell.Standing()),
                told.computeIfAbsent(key, name -> new MapView<>()),
                hit,
                HOURS_2);
    }

    private interface Taker {
        void take(Row row) throws Exception;
    }

    private static Collector<Row> collector(Taker taker) {
        return new Collector<>() {
            @Override
            public void collect(Row row) {
                try {
                    taker.take(row);
                } catch (Exception cause) {
                    throw new IllegalStateException(cause);
                }
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        };
    }

    private static LocalDateTime at(String seconds) {
        return LocalDateTime.ofEpochSecond(Long.parseLong(seconds), 0, ZoneOffset.UTC);
    }

    private static String[] list(String said) {
        return said.equals("-") ? new String[0] : said.split(",");
    }
}
