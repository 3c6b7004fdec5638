package crossbeat.linked;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The incidents of one key and one stretch of time, packed in one array of bytes, never changed in place: Flink may be
 * writing an earlier version to a checkpoint meanwhile.
 *
 * <p>Entries follow each other, little-endian, at these offsets: 0 time (ms), 8 latitude, 16 longitude, 24 revision,
 * 28 district, 30 category, 32 visible-to, 34 length of the record id, 36 at home, 37 the record id. District, category
 * and visible-to are numbers of {@link Words}, so that the test for another district is a comparison of numbers.
 */
final class Bucket {
    private static final int FIXED = 37;
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);
    private static final VarHandle DOUBLE = view(double[].class);
    private static final byte[] EMPTY = {};

    private Bucket() {}

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }

    /** A bucket without incidents. */
    static byte[] empty() {
        return EMPTY;
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

    /** A copy with one more incident, whose texts all stand in the words. */
    static byte[] with(byte[] bucket, Incident incident, byte[] words) {
        int entry = bucket.length;
        byte[] grown = Arrays.copyOf(bucket, entry + FIXED + incident.id.length);
        LONG.set(grown, entry, incident.time);
        DOUBLE.set(grown, entry + 8, incident.lat);
        DOUBLE.set(grown, entry + 16, incident.lon);
        INT.set(grown, entry + 24, incident.revision);
        SHORT.set(grown, entry + 28, (short) Words.find(words, incident.district));
        SHORT.set(grown, entry + 30, (short) Words.find(words, incident.category));
        SHORT.set(grown, entry + 32, (short) Words.find(words, incident.visibleTo));
        SHORT.set(grown, entry + 34, (short) incident.id.length);
        grown[entry + 36] = (byte) (incident.home ? 1 : 0);
        System.arraycopy(incident.id, 0, grown, entry + FIXED, incident.id.length);
        return grown;
    }

    /** A copy without one entry. */
    static byte[] without(byte[] bucket, int entry) {
        int after = next(bucket, entry);
        byte[] shrunk = Arrays.copyOf(bucket, bucket.length - (after - entry));
        System.arraycopy(bucket, after, shrunk, entry, bucket.length - after);
        return shrunk;
    }
}
