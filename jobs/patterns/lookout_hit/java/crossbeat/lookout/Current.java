package crossbeat.lookout;

import java.time.LocalDateTime;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * What holds of each look-out, keyed by its record id: hands on its newest revision under its vehicle, and takes it away
 * from the vehicle that an earlier revision named. What is left of a retracted one names no vehicle of its own.
 */
@DataTypeHint("ROW<vehicle STRING NOT NULL, gone BOOLEAN NOT NULL, district STRING, case_reference STRING, reason STRING,"
        + " authority STRING, since TIMESTAMP(3), until TIMESTAMP(3), readers ARRAY<STRING NOT NULL>>")
public class Current extends ProcessTableFunction<Row> {

    /** Its newest revision, and the vehicle that this one is handed on under; null if it does not stand. */
    public static class Known {
        public int revision;
        public String vehicle;
    }

    /** One revision of a look-out; {@code stands} is false where it was retracted or is not authorised as it must be. */
    public void eval(@StateHint Known known, @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row lookout) {
        int revision = lookout.getFieldAs("revision");
        if (revision <= known.revision) {
            return;
        }
        boolean stands = lookout.getFieldAs("stands");
        String vehicle = stands ? lookout.getFieldAs("vehicle_token") : null;
        if (known.vehicle != null && !known.vehicle.equals(vehicle)) {
            collect(Row.of(known.vehicle, true, null, null, null, null, null, null, null));
        }
        known.revision = revision;
        known.vehicle = vehicle;
        if (stands) {
            LocalDateTime since = lookout.getFieldAs("authorised_at");
            LocalDateTime until = lookout.getFieldAs("expires_at");
            String[] readers = lookout.getFieldAs("visible_to");
            collect(Row.of(
                    vehicle,
                    false,
                    lookout.getFieldAs("district"),
                    lookout.getFieldAs("case_reference"),
                    lookout.getFieldAs("reason"),
                    lookout.getFieldAs("authorised_by"),
                    since,
                    until,
                    readers));
        }
    }
}
