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
 * <p>Little-endian. First their number in 4 bytes, the hash of each record id in 4, then 16 for each that most looks end
 * at: 0 latitude and 4 longitude in steps ({@link Box}), 8 where its entry begins, counted from the first, 12 district,
 * 14 at home. Both are in the order of latitude, so that a look at a box begins in the midst of them. Then the entries
 * as they came, at these offsets: 0 time (ms), 8 latitude, 16 longitude, 24 revision, 28 category, 30 visible-to, 32 length of
 * the record id, 34 the record id. District, category and visible-to are numbers of {@link Words}, so that the test for
 * another district is a comparison of numbers.
 */
final class Bucket {
    private static final int HEAD = 4;
    private static final int HASH = 4;
    private static final int GLANCE = 16;
    private static final int FIXED = 34;
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

    /** The place of the first incident at this latitude in steps or north of it; their number where there is none. */
    static int from(byte[] bucket, int lat) {
        int low = 0;
        int high = size(bucket);
        while (low < high) {
            int middle = (low + high) >>> 1;
            if (latSteps(bucket, middle) < lat) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The latitude in steps of the incident at a place. */
    static int latSteps(byte[] bucket, int place) {
        return (int) INT.get(bucket, glance(size(bucket), place));
    }

    /** The longitude in steps of the incident at a place. */
    static int lonSteps(byte[] bucket, int place) {
        return (int) INT.get(bucket, glance(size(bucket), place) + 4);
    }

    /** The number of the district of the incident at a place. */
    static int district(byte[] bucket, int place) {
        return (short) SHORT.get(bucket, glance(size(bucket), place) + 12);
    }

    /** Whether the cell is the home of the incident at a place. */
    static boolean home(byte[] bucket, int place) {
        return bucket[glance(size(bucket), place) + 14] != 0;
    }

    /** The place of the incident with this id of a district; -1 where there is none. */
    static int find(byte[] bucket, int district, byte[] id) {
        int hash = Arrays.hashCode(id);
        int size = size(bucket);
        for (int place = 0; place < size; place++) {
            if ((int) INT.get(bucket, HEAD + place * HASH) == hash) {
                if (district(bucket, place) == district && sameId(bucket, entry(bucket, place), id)) {
                    return place;
                }
            }
        }
        return -1;
    }

    /** Where the entry of an incident begins, which is what the methods below ask for. */
    static int entry(byte[] bucket, int place) {
        int size = size(bucket);
        return glance(size, size) + (int) INT.get(bucket, glance(size, place) + 8);
    }

    private static int glance(int size, int place) {
        return HEAD + size * HASH + place * GLANCE;
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

    static int category(byte[] bucket, int entry) {
        return (short) SHORT.get(bucket, entry + 28);
    }

    static int visibleTo(byte[] bucket, int entry) {
        return (short) SHORT.get(bucket, entry + 30);
    }

    static byte[] id(byte[] bucket, int entry) {
        return Arrays.copyOfRange(bucket, entry + FIXED, entry + length(bucket, entry));
    }

    private static boolean sameId(byte[] bucket, int entry, byte[] id) {
        int end = entry + length(bucket, entry);
        return Arrays.equals(bucket, entry + FIXED, end, id, 0, id.length);
    }

    private static int length(byte[] bucket, int entry) {
        return FIXED + (short) SHORT.get(bucket, entry + 32);
    }

    /** A copy with one more incident, whose texts all stand in the words. */
    static byte[] with(byte[] bucket, Incident incident, byte[] words) {
        int size = size(bucket);
        int lat = Box.steps(incident.lat);
        int place = from(bucket, lat);
        int hash = HEAD + place * HASH;
        int glance = glance(size, place);
        int entry = bucket.length + HASH + GLANCE;
        byte[] grown = new byte[entry + FIXED + incident.id.length];
        System.arraycopy(bucket, 0, grown, 0, hash);
        System.arraycopy(bucket, hash, grown, hash + HASH, glance - hash);
        System.arraycopy(bucket, glance, grown, glance + HASH + GLANCE, bucket.length - glance);
        INT.set(grown, 0, size + 1);
        INT.set(grown, hash, Arrays.hashCode(incident.id));
        INT.set(grown, glance + HASH, lat);
        INT.set(grown, glance + HASH + 4, Box.steps(incident.lon));
        INT.set(grown, glance + HASH + 8, bucket.length - glance(size, size));
        SHORT.set(grown, glance + HASH + 12, (short) Words.find(words, incident.district));
        grown[glance + HASH + 14] = (byte) (incident.home ? 1 : 0);
        LONG.set(grown, entry, incident.time);
        DOUBLE.set(grown, entry + 8, incident.lat);
        DOUBLE.set(grown, entry + 16, incident.lon);
        INT.set(grown, entry + 24, incident.revision);
        SHORT.set(grown, entry + 28, (short) Words.find(words, incident.category));
        SHORT.set(grown, entry + 30, (short) Words.find(words, incident.visibleTo));
        SHORT.set(grown, entry + 32, (short) incident.id.length);
        System.arraycopy(incident.id, 0, grown, entry + FIXED, incident.id.length);
        return grown;
    }

    /** A copy without the incident at a place. */
    static byte[] without(byte[] bucket, int place) {
        int size = size(bucket);
        int hash = HEAD + place * HASH;
        int glance = glance(size, place);
        int entry = entry(bucket, place);
        int after = entry + length(bucket, entry);
        byte[] shrunk = new byte[bucket.length - HASH - GLANCE - (after - entry)];
        System.arraycopy(bucket, 0, shrunk, 0, hash);
        System.arraycopy(bucket, hash + HASH, shrunk, hash, glance - hash - HASH);
        int gone = HASH + GLANCE;
        System.arraycopy(bucket, glance + GLANCE, shrunk, glance - HASH, entry - glance - GLANCE);
        System.arraycopy(bucket, after, shrunk, entry - gone, bucket.length - after);
        INT.set(shrunk, 0, size - 1);
        int begin = entry - glance(size, size);
        for (int other = 0; other < size - 1; other++) {
            int at = glance(size - 1, other) + 8;
            int begins = (int) INT.get(shrunk, at);
            if (begins > begin) {
                INT.set(shrunk, at, begins - (after - entry));
            }
        }
        return shrunk;
    }
}
