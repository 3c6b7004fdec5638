package crossbeat.series;

import java.time.LocalDateTime;
import java.time.ZoneOffset;
import org.apache.flink.types.Row;

/** Moments of a row as milliseconds UTC. */
final class Times {
    private Times() {}

    static long of(Row row, String column) {
        LocalDateTime at = row.getFieldAs(column);
        return at.toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
