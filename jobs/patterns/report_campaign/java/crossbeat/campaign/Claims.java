package crossbeat.campaign;

import java.time.LocalDateTime;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * What each report claims, keyed by its record id: a row for each recipient that may see it and each indicator, under the
 * indicator's skeleton; and where a later revision no longer says so, or is not seen by somebody, one that takes it back.
 */
@DataTypeHint("ROW<recipient STRING NOT NULL, skeleton STRING NOT NULL, gone BOOLEAN NOT NULL, report_id STRING NOT NULL,"
        + " owner STRING NOT NULL, claimed_at TIMESTAMP(3) NOT NULL, form STRING NOT NULL, report_lat DOUBLE, report_lon DOUBLE>")
public class Claims extends ProcessTableFunction<Row> {
    private static final String BETWEEN = "\t"; // neither a district's name nor an indicator has one

    private transient Skeleton skeleton;

    /** The newest revision of the report, and what was said of it: lines of recipient and skeleton. */
    public static class Known {
        public int revision;
        public String said;
    }

    /** One revision of a report; {@code lookAlikes} as {@link Skeleton} takes them. */
    public void eval(
            @StateHint Known known,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row report,
            String lookAlikes) {
        int revision = report.getFieldAs("revision");
        if (revision <= known.revision) {
            return;
        }
        if (skeleton == null) {
            skeleton = new Skeleton(lookAlikes);
        }
        Map<String, String> forms = new TreeMap<>();
        Set<String> now = new HashSet<>();
        if (!report.<Boolean>getFieldAs("retracted")) {
            for (String form : report.<String[]>getFieldAs("indicators")) {
                forms.merge(skeleton.of(form), form, (a, b) -> a.compareTo(b) <= 0 ? a : b);
            }
            for (String recipient : report.<String[]>getFieldAs("visible_to")) {
                forms.keySet().forEach(key -> now.add(recipient + BETWEEN + key));
            }
        }
        List<String> before = known.said == null ? List.of() : Arrays.asList(known.said.split("\n"));
        before.stream().filter(line -> !now.contains(line)).forEach(line -> emit(report, line, "", true));
        now.stream().sorted().forEach(line -> emit(report, line, forms.get(line.split(BETWEEN)[1]), false));
        known.revision = revision;
        known.said = now.isEmpty() ? null : String.join("\n", now);
    }

    private void emit(Row report, String line, String form, boolean gone) {
        String[] parts = line.split(BETWEEN);
        collect(Row.of(
                parts[0],
                parts[1],
                gone,
                report.getFieldAs("record_id"),
                report.getFieldAs("district"),
                report.<LocalDateTime>getFieldAs("occurred_from"),
                form,
                report.getFieldAs("lat"),
                report.getFieldAs("lon")));
    }
}
