package crossbeat.linked;

import java.util.Arrays;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.binary.BinaryStringData;

/** One incident as the join sees it: read from a row, or from an entry of a {@link Bucket}. Texts are UTF-8. */
final class Incident {
    /** Between the names of a packed list: no district has it in its name. */
    private static final byte SEPARATOR = ',';

    final byte[] id;
    final int revision;
    final byte[] district;
    final byte[] category;
    final long time;
    final double lat;
    final double lon;
    final byte[] visibleTo;
    final boolean home;

    private Incident(
            byte[] id, int revision, byte[] district, byte[] category, long time, double lat, double lon,
            byte[] visibleTo, boolean home) {
        this.id = id;
        this.revision = revision;
        this.district = district;
        this.category = category;
        this.time = time;
        this.lat = lat;
        this.lon = lon;
        this.visibleTo = visibleTo;
        this.home = home;
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
                pack(row.getArray(7)),
                row.getBoolean(8));
    }

    /** Reads an entry of a bucket. */
    static Incident of(byte[] bucket, int entry, byte[] words) {
        return new Incident(
                Bucket.id(bucket, entry),
                Bucket.revision(bucket, entry),
                Words.get(words, Bucket.district(bucket, entry)),
                Words.get(words, Bucket.category(bucket, entry)),
                Bucket.time(bucket, entry),
                Bucket.lat(bucket, entry),
                Bucket.lon(bucket, entry),
                Words.get(words, Bucket.visibleTo(bucket, entry)),
                Bucket.home(bucket, entry));
    }

    /** The districts that may see both, in the order of the lists, which are sorted. */
    static ArrayData visibleToBoth(Incident a, Incident b) {
        StringData[] both = new StringData[8];
        int count = 0;
        int i = 0;
        int j = 0;
        while (i < a.visibleTo.length && j < b.visibleTo.length) {
            int endA = end(a.visibleTo, i);
            int endB = end(b.visibleTo, j);
            int order = Arrays.compareUnsigned(a.visibleTo, i, endA, b.visibleTo, j, endB);
            if (order == 0) {
                if (count == both.length) {
                    both = Arrays.copyOf(both, 2 * count);
                }
                both[count++] = BinaryStringData.fromBytes(a.visibleTo, i, endA - i);
            }
            i = order <= 0 ? endA + 1 : i;
            j = order >= 0 ? endB + 1 : j;
        }
        return new GenericArrayData(Arrays.copyOf(both, count));
    }

    private static int end(byte[] packed, int from) {
        int at = from;
        while (at < packed.length && packed[at] != SEPARATOR) {
            at++;
        }
        return at;
    }

    private static byte[] pack(ArrayData names) {
        int size = 0;
        byte[][] texts = new byte[names.size()][];
        for (int i = 0; i < texts.length; i++) {
            texts[i] = names.getString(i).toBytes();
            size += texts[i].length + 1;
        }
        byte[] packed = new byte[Math.max(0, size - 1)];
        int at = 0;
        for (byte[] text : texts) {
            if (at > 0) {
                packed[at++] = SEPARATOR;
            }
            System.arraycopy(text, 0, packed, at, text.length);
            at += text.length;
        }
        return packed;
    }
}
