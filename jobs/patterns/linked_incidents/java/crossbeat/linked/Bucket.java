package crossbeat.linked;

import crossbeat.geo.Box;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The incidents of one key and one stretch of time, packed in one array of bytes, never changed in place: Flink may be
 * writing an earlier version to a checkpoint meanwhile.
 *
 * <p>Little-endian. First their number in 4 bytes, then for each 16 that most looks end at, side by side: latitude and
 * longitude in steps ({@link Box}), the hash of the record id, where its entry begins, counted from the first. Then the
 * entries, at these offsets: 0 time (ms), 8 latitude, 16 longitude, 24 revision, 28 district, 30 category, 32
 * visible-to, 34 length of the record id, 36 at home, 37 the record id. District, category and visible-to are numbers of
 * {@link Words}, so that the test for another district is a comparison of numbers.
 */
final class Bucket {
    private static final int HEAD = 4;
    private static final int GLANCE = 16;
    private static final int FIXED = 37;
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);
    private static final VarHandle DOUBLE = view(double[].class);
    private static final byte[] EMPTY = new byte[HEAD];

    private Bucket() {}

    private static VarHandle view(Class<?> type) {
        return MethodHandles.byteArrayViewVarHandle(type, ByteOrder.LITTLE_ENDIAN);
    }

    /** A bucket without incidents. */
    static byte[] empty() {
        return EMPTY;
    }

    /** How many incidents it holds. */
    static int size(byte[] bucket) {
        return (int) INT.get(bucket, 0);
    }

    /** Whether an incident, given by its place, may be in the box, for which nothing else of it is read. */
    static boolean mayBeIn(Box box, byte[] bucket, int place) {
        int glance = HEAD + place * GLANCE;
        return box.mayHold((int) INT.get(bucket, glance), (int) INT.get(bucket, glance + 4));
    }

    /** The place of the incident with this id of a district; -1 where there is none. */
    static int find(byte[] bucket, int district, byte[] id) {
        int hash = Arrays.hashCode(id);
        int size = size(bucket);
        for (int place = 0; place < size; place++) {
            if ((int) INT.get(bucket, HEAD + place * GLANCE + 8) == hash) {
                int entry = entry(bucket, place);
                if (district(bucket, entry) == district && sameId(bucket, entry, id)) {
                    return place;
                }
            }
        }
        return -1;
    }

    /** Where the entry of an incident begins, which is what the methods below ask for. */
    static int entry(byte[] bucket, int place) {
        return HEAD + size(bucket) * GLANCE + (int) INT.get(bucket, HEAD + place * GLANCE + 12);
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
        return Arrays.copyOfRange(bucket, entry + FIXED, entry + length(bucket, entry));
    }

    private static boolean sameId(byte[] bucket, int entry, byte[] id) {
        int end = entry + length(bucket, entry);
        return Arrays.equals(bucket, entry + FIXED, end, id, 0, id.length);
    }

    private static int length(byte[] bucket, int entry) {
        return FIXED + (short) SHORT.get(bucket, entry + 34);
    }

    /** A copy with one more incident, whose texts all stand in the words. */
    static byte[] with(byte[] bucket, Incident incident, byte[] words) {
        int size = size(bucket);
        int glance = HEAD + size * GLANCE;
        int entries = bucket.length - glance;
        int entry = bucket.length + GLANCE;
        byte[] grown = new byte[entry + FIXED + incident.id.length];
        System.arraycopy(bucket, 0, grown, 0, glance);
        System.arraycopy(bucket, glance, grown, glance + GLANCE, entries);
        INT.set(grown, 0, size + 1);
        INT.set(grown, glance, Box.steps(incident.lat));
        INT.set(grown, glance + 4, Box.steps(incident.lon));
        INT.set(grown, glance + 8, Arrays.hashCode(incident.id));
        INT.set(grown, glance + 12, entries);
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

    /** A copy without the incident at a place. */
    static byte[] without(byte[] bucket, int place) {
        int size = size(bucket);
        int glance = HEAD + place * GLANCE;
        int entry = entry(bucket, place);
        int length = length(bucket, entry);
        byte[] shrunk = new byte[bucket.length - GLANCE - length];
        System.arraycopy(bucket, 0, shrunk, 0, glance);
        System.arraycopy(bucket, glance + GLANCE, shrunk, glance, entry - glance - GLANCE);
        System.arraycopy(bucket, entry + length, shrunk, entry - GLANCE, bucket.length - entry - length);
        INT.set(shrunk, 0, size - 1);
        for (int later = place; later < size - 1; later++) {
            int begins = HEAD + later * GLANCE + 12;
            INT.set(shrunk, begins, (int) INT.get(shrunk, begins) - length);
        }
        return shrunk;
    }
}
