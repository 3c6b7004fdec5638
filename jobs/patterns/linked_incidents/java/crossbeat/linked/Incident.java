package crossbeat.linked;

import java.util.Arrays;
import org.apache.flink.core.memory.MemorySegmentFactory;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryArrayData;
import org.apache.flink.table.data.binary.BinarySegmentUtils;
import org.apache.flink.table.runtime.typeutils.ArrayDataSerializer;
import org.apache.flink.table.types.logical.VarCharType;

/** One incident as the join sees it: read from a row, or from an entry of a {@link Bucket}. Texts are UTF-8. */
final class Incident {

    final byte[] id;
    final int revision;
    final byte[] district;
    final byte[] category;
    final long time;
    final double lat;
    final double lon;
    /** The list of districts as the bytes of a {@link BinaryArrayData}. */
    final byte[] visibleTo;
    final boolean home;
    /** What it says of the revision that it replaces; null in an entry of a bucket, and where there is none. */
    final Prior prior;

    private Incident(
            byte[] id, int revision, byte[] district, byte[] category, long time, double lat, double lon,
            byte[] visibleTo, boolean home, Prior prior) {
        this.id = id;
        this.revision = revision;
        this.district = district;
        this.category = category;
        this.time = time;
        this.lat = lat;
        this.lon = lon;
        this.visibleTo = visibleTo;
        this.home = home;
        this.prior = prior;
    }

    /** Reads the columns of {@link LinkedIncidents#INPUT}. */
    static Incident of(RowData row) {
        return new Incident(
                row.getString(0).toBytes(),
                row.getInt(1),
                row.getString(2).toBytes(),
                row.getString(3).toBytes(),
                row.getTimestamp(4, 3).getMillisecond(),
                row.getDouble(5),
                row.getDouble(6),
                raw(row.getArray(7)),
                row.getBoolean(8),
                row.isNullAt(11) ? null : Prior.unpack(row.getBinary(11)));
    }

    /** Reads the incident at a place of a bucket. */
    static Incident of(byte[] bucket, int place, byte[] words) {
        int entry = Bucket.entry(bucket, place);
        return new Incident(
                Bucket.id(bucket, entry),
                Bucket.revision(bucket, entry),
                Words.get(words, Bucket.district(bucket, place)),
                Words.get(words, Bucket.category(bucket, entry)),
                Bucket.time(bucket, entry),
                Bucket.lat(bucket, entry),
                Bucket.lon(bucket, entry),
                Words.get(words, Bucket.visibleTo(bucket, entry)),
                Bucket.home(bucket, place),
                null);
    }

    /** This incident at the place and time of the revision that it replaces, to those who could see that. */
    Incident before() {
        return new Incident(
                id, revision, district, category, prior.time(), prior.lat(), prior.lon(), prior.visibleTo(), home, null);
    }

    /** The districts that may see both, in the order of the lists, which are sorted. */
    static ArrayData visibleToBoth(byte[] a, byte[] b) {
        ArrayData ofA = list(a);
        if (Arrays.equals(a, b)) {
            return ofA;
        }
        ArrayData ofB = list(b);
        StringData[] both = new StringData[Math.min(ofA.size(), ofB.size())];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < ofA.size() && j < ofB.size()) {
            StringData name = ofA.getString(i);
            int order = name.compareTo(ofB.getString(j));
            if (order == 0) {
                both[count++] = name;
            }
            i += order <= 0 ? 1 : 0;
            j += order >= 0 ? 1 : 0;
        }
        return new GenericArrayData(Arrays.copyOf(both, count));
    }

    /** A list as the bytes that Flink keeps it in, which are the same for the same list. */
    static byte[] raw(ArrayData names) {
        BinaryArrayData binary =
                names instanceof BinaryArrayData
                        ? (BinaryArrayData) names
                        : new ArrayDataSerializer(new VarCharType(VarCharType.MAX_LENGTH)).toBinaryArray(names);
        return BinarySegmentUtils.copyToBytes(binary.getSegments(), binary.getOffset(), binary.getSizeInBytes());
    }

    private static ArrayData list(byte[] raw) {
        BinaryArrayData names = new BinaryArrayData();
        names.pointTo(MemorySegmentFactory.wrap(raw), 0, raw.length);
        return names;
    }
}
