package crossbeat.coverage;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.flink.types.Row;

/** What the rows of the query say. */
final class Rows {
    static final String DUTY = "duty";
    /** A visit to an area that the recipient is to hear of. */
    static final String VISIT = "visit";
    static final String INCIDENT = "incident";

    private Rows() {}

    static Duty duty(Row row) {
        return new Duty(
                row.getFieldAs("record_id"),
                row.getFieldAs("revision"),
                row.getFieldAs("shift_group"),
                time(row, "since"),
                time(row, "until"),
                row.getFieldAs("officers"),
                row.getFieldAs("auxiliaries"),
                row.getFieldAs("gone"));
    }

    static Visit visit(Row row) {
        return new Visit(
                row.getFieldAs("record_id"),
                row.getFieldAs("revision"),
                row.getFieldAs("owner"),
                time(row, "since"),
                time(row, "until"),
                row.getFieldAs("cell"),
                row.getFieldAs("lat"),
                row.getFieldAs("lon"),
                row.getFieldAs("officers"),
                row.getFieldAs("auxiliaries"),
                row.getFieldAs("gone"));
    }

    static List<Long> cells(Row row) {
        return List.of(row.<Long[]>getFieldAs("cells"));
    }

    /** Milliseconds UTC. */
    static long time(Row row, String field) {
        return row.<LocalDateTime>getFieldAs(field).toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
