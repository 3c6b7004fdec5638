package crossbeat.linked;

import crossbeat.geo.Box;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * One bucket after each line, {@code district id revision time_ms lat lon home} to put an incident in, {@code district id}
 * to take it out: what it holds, in the order of its places, one incident a line as it was put in, then {@code end}.
 */
public class BucketCheck {
    public static void main(String[] arguments) throws Exception {
        byte[] words = Words.empty();
        byte[] bucket = Bucket.empty();
        StringBuilder answer = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] parts = line.split(" ");
                if (parts.length == 2) {
                    int district = Words.find(words, parts[0].getBytes(StandardCharsets.UTF_8));
                    int place = Bucket.find(bucket, district, parts[1].getBytes(StandardCharsets.UTF_8));
                    bucket = place < 0 ? bucket : Bucket.without(bucket, place);
                } else {
                    Incident incident = incident(parts);
                    words = Words.with(Words.with(Words.with(words, incident.district), incident.category), incident.visibleTo);
                    bucket = Bucket.with(bucket, incident, words);
                }
                for (int place = 0; place < Bucket.size(bucket); place++) {
                    Incident found = Incident.of(bucket, place, words);
                    if (Bucket.from(bucket, Box.steps(found.lat)) > place || Bucket.lonSteps(bucket, place) != Box.steps(found.lon)) {
                        throw new IllegalStateException("what most looks end at is not that of the entry");
                    }
                    answer.append(text(found.district)).append(' ').append(text(found.id)).append(' ')
                            .append(found.revision).append(' ').append(found.time).append(' ').append(found.lat).append(' ')
                            .append(found.lon).append(' ').append(found.home).append('\n');
                }
                answer.append("end\n");
            }
        }
        System.out.print(answer);
    }

    private static Incident incident(String[] parts) {
        StringData district = StringData.fromString(parts[0]);
        return Incident.of(GenericRowData.of(
                StringData.fromString(parts[1]), Integer.parseInt(parts[2]), district, StringData.fromString("burglary"),
                TimestampData.fromEpochMillis(Long.parseLong(parts[3])), Double.parseDouble(parts[4]),
                Double.parseDouble(parts[5]), new GenericArrayData(new StringData[] {district}),
                Boolean.parseBoolean(parts[6]), StringData.fromString("burglary"), 1L, null));
    }

    private static String text(byte[] utf8) {
        return new String(utf8, StandardCharsets.UTF_8);
    }
}
