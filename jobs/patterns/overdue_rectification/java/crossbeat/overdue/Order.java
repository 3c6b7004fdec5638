package crossbeat.overdue;

import crossbeat.alert.Identity;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.flink.types.Row;

/**
 * State: the newest revision of an order to put something right, as one recipient may see it. Times are milliseconds UTC.
 * Its fields are Flink's, and set by {@link #take} alone.
 */
public class Order {
    /** What stands for no correction. */
    static final long NEVER = Long.MIN_VALUE;

    public int revision;
    public String recipient;
    public String recordId;
    public String district;
    public String premises;
    public String kind;
    /** Codes of what was found, joined by commas. */
    public String findings;
    public double lat;
    public double lon;
    public long at;
    public long deadline;
    public long corrected;
    /** Whether there is an order that the recipient may see; not after a retraction. */
    public boolean stands;
    public long graceMs;
    public long standsMs;
    /** The deadline that was told of last, so that one deadline is told of once. */
    public long told;

    /** Takes over a revision. False if it, or a later one, is there already. */
    boolean take(Row row, long graceMs, long standsMs) {
        int offered = row.getFieldAs("revision");
        if (offered <= revision) {
            return false;
        }
        if (revision == 0) {
            told = NEVER;
        }
        revision = offered;
        recipient = row.getFieldAs("recipient");
        recordId = row.getFieldAs("record_id");
        stands = row.getFieldAs("stands");
        this.graceMs = graceMs;
        this.standsMs = standsMs;
        if (stands) {
            district = row.getFieldAs("district");
            premises = row.getFieldAs("premises");
            kind = row.getFieldAs("premises_kind");
            findings = String.join(",", row.<String[]>getFieldAs("findings"));
            lat = row.getFieldAs("lat");
            lon = row.getFieldAs("lon");
            at = milliseconds(row.getFieldAs("occurred_from"));
            deadline = milliseconds(row.getFieldAs("rectify_by"));
            LocalDateTime seen = row.getFieldAs("corrected_at");
            corrected = seen == null ? NEVER : milliseconds(seen);
        }
        return true;
    }

    /** Whether a newer revision was written only when this one, still open, had passed its deadline. */
    boolean passedBefore(Row row) {
        return recordId != null
                && open()
                && row.<Integer>getFieldAs("revision") > revision
                && milliseconds(row.getFieldAs("recorded_at")) > due();
    }

    /** From when it is told of. */
    long due() {
        return deadline + graceMs;
    }

    boolean open() {
        return stands && corrected == NEVER;
    }

    /** Whether it was put right, but too late. */
    boolean late() {
        return stands && corrected != NEVER && corrected > due();
    }

    List<String> found() {
        return findings.isEmpty() ? List.of() : List.of(findings.split(","));
    }

    /** What an alert of it says, see {@link crossbeat.alert.Told#next}. */
    String digest() {
        return Identity.hashed(recordId + "|" + deadline);
    }

    static long milliseconds(LocalDateTime time) {
        return time.toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
