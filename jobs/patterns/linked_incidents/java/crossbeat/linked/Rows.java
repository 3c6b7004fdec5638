package crossbeat.linked;

import crossbeat.geo.Sphere;
import java.util.Arrays;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;

/** The rows that the join gives, in the columns of {@link LinkedIncidents#OUTPUT}. */
final class Rows {
    private static final int COLUMNS = 24;
    private static final StringData PAIR = StringData.fromString("pair");
    private static final StringData LATE = StringData.fromString("late");
    private static final ArrayData NOBODY = new GenericArrayData(new StringData[0]);

    private Rows() {}

    /** A pair that stands. {@code before} are those who could see it in an earlier state, none if null. */
    static RowData pair(Incident one, Incident other, ArrayData before) {
        return row(one, other, first(one, other).category, false, before == null ? NOBODY : before);
    }

    /** A pair that stands no longer: {@code gone} as it was, but with the revision that undid the pair. */
    static RowData undone(Incident gone, Incident other) {
        return row(gone, other, other.category, true, NOBODY); // its own may be another now
    }

    /** The incident with the smaller id (by bytes) comes first, whichever came first. */
    private static RowData row(Incident one, Incident other, byte[] category, boolean retracted, ArrayData before) {
        Incident a = first(one, other);
        Incident b = a == one ? other : one;
        GenericRowData row = new GenericRowData(COLUMNS);
        row.setField(0, PAIR);
        row.setField(1, linkId(a, b));
        row.setField(2, text(category));
        row.setField(3, text(a.id));
        row.setField(4, text(b.id));
        row.setField(5, a.revision);
        row.setField(6, b.revision);
        row.setField(7, text(a.district));
        row.setField(8, text(b.district));
        row.setField(9, TimestampData.fromEpochMillis(a.time));
        row.setField(10, TimestampData.fromEpochMillis(b.time));
        row.setField(11, a.lat);
        row.setField(12, a.lon);
        row.setField(13, b.lat);
        row.setField(14, b.lon);
        row.setField(15, (a.lat + b.lat) / 2);
        row.setField(16, Sphere.middle(a.lon, b.lon));
        row.setField(17, Math.floor(Sphere.metres(a.lat, a.lon, b.lat, b.lon) * 10 + 0.5) / 10);
        row.setField(18, (Math.abs(a.time - b.time) + 18_000) / 36_000 / 100.0);
        row.setField(19, Incident.visibleToBoth(a.visibleTo, b.visibleTo));
        row.setField(22, retracted);
        row.setField(23, before);
        return row;
    }

    /** An incident that came too late, in the columns of its side {@code a}. */
    static RowData late(Incident incident, long watermark, long latenessMs) {
        GenericRowData row = new GenericRowData(COLUMNS);
        row.setField(0, LATE);
        row.setField(2, text(incident.category));
        row.setField(3, text(incident.id));
        row.setField(5, incident.revision);
        row.setField(7, text(incident.district));
        row.setField(9, TimestampData.fromEpochMillis(incident.time));
        row.setField(20, TimestampData.fromEpochMillis(watermark));
        row.setField(21, (watermark - latenessMs - incident.time + 18_000) / 36_000 / 100.0);
        return row;
    }

    private static Incident first(Incident one, Incident other) {
        return Arrays.compareUnsigned(one.id, other.id) < 0 ? one : other;
    }

    private static StringData linkId(Incident a, Incident b) {
        byte[] id = Arrays.copyOf(a.id, a.id.length + 1 + b.id.length);
        id[a.id.length] = '~';
        System.arraycopy(b.id, 0, id, a.id.length + 1, b.id.length);
        return BinaryStringData.fromBytes(id);
    }

    private static StringData text(byte[] utf8) {
        return BinaryStringData.fromBytes(utf8);
    }
}
