package crossbeat.linked;

import java.nio.ByteBuffer;
import java.util.Arrays;
import org.apache.flink.table.data.ArrayData;

/**
 * What a copy of an incident says of the revision that it replaces, packed into one column that is null for nearly all:
 * an incident that replaces nothing pays one bit for it.
 *
 * <p>A <em>removal</em> comes to the cells of the earlier revision, to undo the pairs that it made there; any other copy
 * carries it to say who could see a pair before.
 */
record Prior(
        boolean removal, boolean retracted, boolean sameMatch, long time, double lat, double lon, byte[] visibleTo) {
    private static final int FIXED = 25;
    private static final int REMOVAL = 1;
    private static final int RETRACTED = 2;
    private static final int SAME_MATCH = 4;

    Prior asRemoval() {
        return new Prior(true, retracted, sameMatch, time, lat, lon, visibleTo);
    }

    byte[] pack() {
        int flags = (removal ? REMOVAL : 0) | (retracted ? RETRACTED : 0) | (sameMatch ? SAME_MATCH : 0);
        return ByteBuffer.allocate(FIXED + visibleTo.length)
                .put((byte) flags)
                .putLong(time)
                .putDouble(lat)
                .putDouble(lon)
                .put(visibleTo)
                .array();
    }

    static Prior unpack(byte[] packed) {
        ByteBuffer from = ByteBuffer.wrap(packed);
        int flags = from.get();
        return new Prior(
                (flags & REMOVAL) != 0,
                (flags & RETRACTED) != 0,
                (flags & SAME_MATCH) != 0,
                from.getLong(),
                from.getDouble(),
                from.getDouble(),
                Arrays.copyOfRange(packed, FIXED, packed.length));
    }

    /** Whether the earlier revision was near a partner, both taken to match. */
    boolean near(Incident partner, Limits.Limit limit) {
        return limit.holds(partner, time, lat, lon);
    }

    /** The districts that could see the pair of the earlier revision with a partner. */
    ArrayData readers(Incident partner) {
        return Incident.visibleToBoth(visibleTo, partner.visibleTo);
    }
}
