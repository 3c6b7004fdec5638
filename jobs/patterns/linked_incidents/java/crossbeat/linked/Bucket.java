package crossbeat.linked;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The incidents of one cell and one stretch of time, packed in one array of bytes, never changed in place: Flink may be
 * writing an earlier version to a checkpoint meanwhile.
 *
 * <p>Layout, little-endian: {@code int} where the entries begin; words, each a {@code short} length and its bytes; then
 * entries. A word is a text that many entries share (a district, a category, a list of districts) and that they name by
 * its number, so that the district test is a comparison of numbers. An entry is, at these offsets:
 * 0 time (ms), 8 latitude, 16 longitude, 24 revision, 28 district, 30 category, 32 visible-to, 34 length of the record
 * id, 36 at home, 37 the record id.
 */
final class Bucket {
    static final int HEAD = 4;
    private static final int FIXED = 37;
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);
    private static final VarHandle DOUBLE = view(double[].class);
    private static final byte[] EMPTY = {HEAD, 0, 0, 0};

    private Bucket() {}

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }

    /** A bucket without incidents. */
    static byte[] empty() {
        return EMPTY;
    }

    /** Where the first entry begins. */
    static int first(byte[] bucket) {
        return (int) INT.get(bucket, 0);
    }

    /** Where the entry after this one begins; the array's length after the last. */
    static int next(byte[] bucket, int entry) {
        return entry + FIXED + idLength(bucket, entry);
    }

    static long time(byte[] bucket, int entry) {
        return (long) LONG.get(bucket, entry);
    }

    static double lat(byte[] bucket, int entry) {
        return (double) DOUBLE.get(bucket, entry + 8);
    }

    static double lon(byte[] bucket, int entry) {
        return (double) DOUBLE.get(bucket, entry + 16);
    }

    static int revision(byte[] bucket, int entry) {
        return (int) INT.get(bucket, entry + 24);
    }

    static int district(byte[] bucket, int entry) {
        return (short) SHORT.get(bucket, entry + 28);
    }

    static int category(byte[] bucket, int entry) {
        return (short) SHORT.get(bucket, entry + 30);
    }

    static int visibleTo(byte[] bucket, int entry) {
        return (short) SHORT.get(bucket, entry + 32);
    }

    static boolean home(byte[] bucket, int entry) {
        return bucket[entry + 36] != 0;
    }

    static byte[] id(byte[] bucket, int entry) {
        return Arrays.copyOfRange(bucket, entry + FIXED, next(bucket, entry));
    }

    static boolean sameId(byte[] bucket, int entry, byte[] id) {
        return idLength(bucket, entry) == id.length
                && Arrays.equals(bucket, entry + FIXED, entry + FIXED + id.length, id, 0, id.length);
    }

    private static int idLength(byte[] bucket, int entry) {
        return (short) SHORT.get(bucket, entry + 34);
    }

    /** The text of a word by its number. */
    static byte[] word(byte[] bucket, int number) {
        int at = HEAD;
        for (int skip = number; skip > 0; skip--) {
            at += 2 + (short) SHORT.get(bucket, at);
        }
        return Arrays.copyOfRange(bucket, at + 2, at + 2 + (short) SHORT.get(bucket, at));
    }

    /** The number of a word, -1 if the bucket does not have it. */
    static int find(byte[] bucket, byte[] word) {
        int end = first(bucket);
        int number = 0;
        for (int at = HEAD; at < end; number++) {
            int length = (short) SHORT.get(bucket, at);
            if (length == word.length && Arrays.equals(bucket, at + 2, at + 2 + length, word, 0, length)) {
                return number;
            }
            at += 2 + length;
        }
        return -1;
    }

    /** A copy with one more incident. */
    static byte[] with(byte[] bucket, Incident incident) {
        byte[] wider = withWord(withWord(withWord(bucket, incident.district), incident.category), incident.visibleTo);
        int entry = wider.length;
        byte[] grown = Arrays.copyOf(wider, entry + FIXED + incident.id.length);
        LONG.set(grown, entry, incident.time);
        DOUBLE.set(grown, entry + 8, incident.lat);
        DOUBLE.set(grown, entry + 16, incident.lon);
        INT.set(grown, entry + 24, incident.revision);
        SHORT.set(grown, entry + 28, (short) find(grown, incident.district));
        SHORT.set(grown, entry + 30, (short) find(grown, incident.category));
        SHORT.set(grown, entry + 32, (short) find(grown, incident.visibleTo));
        SHORT.set(grown, entry + 34, (short) incident.id.length);
        grown[entry + 36] = (byte) (incident.home ? 1 : 0);
        System.arraycopy(incident.id, 0, grown, entry + FIXED, incident.id.length);
        return grown;
    }

    /** A copy without one entry; its words stay. */
    static byte[] without(byte[] bucket, int entry) {
        int after = next(bucket, entry);
        byte[] shrunk = Arrays.copyOf(bucket, bucket.length - (after - entry));
        System.arraycopy(bucket, after, shrunk, entry, bucket.length - after);
        return shrunk;
    }

    private static byte[] withWord(byte[] bucket, byte[] word) {
        if (find(bucket, word) >= 0) {
            return bucket;
        }
        if (word.length > Short.MAX_VALUE) {
            throw new IllegalArgumentException("a text of " + word.length + " bytes is too long for the state");
        }
        int end = first(bucket);
        int more = 2 + word.length;
        byte[] wider = new byte[bucket.length + more];
        System.arraycopy(bucket, 0, wider, 0, end);
        INT.set(wider, 0, end + more);
        SHORT.set(wider, end, (short) word.length);
        System.arraycopy(word, 0, wider, end + 2, word.length);
        System.arraycopy(bucket, end, wider, end + more, bucket.length - end);
        return wider;
    }
}
