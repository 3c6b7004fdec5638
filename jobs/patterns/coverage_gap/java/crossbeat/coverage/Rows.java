package crossbeat.coverage;

import crossbeat.row.Text;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;

/**
 * What the rows of the query say. Read where they stand, field by field: each visit is a row for each district that may
 * see it, most of them only a sign of life, and turning all of its fields into objects cost more than the rest.
 */
final class Rows {
    /** A visit that the recipient is to hear of. */
    static final StringData VISIT = StringData.fromString("visit");
    /** One too far off for that. */
    static final StringData LIFE = StringData.fromString("life");
    static final StringData INCIDENT = StringData.fromString("incident");
    /** Nobody's: time passes. The rest are duties. */
    static final StringData CLOCK = StringData.fromString("");

    /** The columns of the query, in their order. */
    static final String INPUT = "ROW<type STRING, recipient STRING, district STRING, owner STRING, record_id STRING,"
            + " revision INT, recorded_at TIMESTAMP(3), area_kind STRING, area STRING, cells ARRAY<BIGINT NOT NULL>,"
            + " cell BIGINT, lat DOUBLE, lon DOUBLE, shift_group STRING, since TIMESTAMP(3), `until` TIMESTAMP(3),"
            + " officers INT, auxiliaries INT, gone BOOLEAN>";

    static final int TYPE = 0;
    static final int RECIPIENT = 1;
    static final int DISTRICT = 2;
    private static final int OWNER = 3;
    static final int RECORD = 4;
    private static final int REVISION = 5;
    static final int AREA_KIND = 7;
    static final int AREA = 8;
    private static final int CELLS = 9;
    static final int CELL = 10;
    static final int LAT = 11;
    static final int LON = 12;
    private static final int SHIFT_GROUP = 13;
    static final int SINCE = 14;
    static final int UNTIL = 15;
    private static final int OFFICERS = 16;
    private static final int AUXILIARIES = 17;
    static final int GONE = 18;

    private Rows() {}

    static Duty duty(RowData row) {
        return new Duty(
                Text.at(row, RECORD),
                row.getInt(REVISION),
                Text.at(row, SHIFT_GROUP),
                time(row, SINCE),
                time(row, UNTIL),
                row.getInt(OFFICERS),
                row.getInt(AUXILIARIES),
                row.getBoolean(GONE));
    }

    static Visit visit(RowData row) {
        return new Visit(
                Text.at(row, RECORD),
                row.getInt(REVISION),
                Text.at(row, OWNER),
                time(row, SINCE),
                time(row, UNTIL),
                row.getLong(CELL),
                row.getDouble(LAT),
                row.getDouble(LON),
                row.getInt(OFFICERS),
                row.getInt(AUXILIARIES),
                row.getBoolean(GONE));
    }

    static List<Long> cells(RowData row) {
        ArrayData cells = row.getArray(CELLS);
        List<Long> found = new ArrayList<>(cells.size());
        for (int at = 0; at < cells.size(); at++) {
            found.add(cells.getLong(at));
        }
        return List.copyOf(found);
    }

    /** Milliseconds UTC. */
    static long time(RowData row, int at) {
        return row.getTimestamp(at, 3).getMillisecond();
    }
}
