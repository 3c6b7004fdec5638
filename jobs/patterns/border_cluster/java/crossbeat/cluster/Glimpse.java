package crossbeat.cluster;

import crossbeat.state.Packed;

/**
 * The numbers of an {@link Incident} as it lies packed in state. Each analysis looks at all that is kept, and most need no more
 * than these. They stand at its end, behind texts of any length.
 */
final class Glimpse {
    private Glimpse() {}

    static long at(byte[] packed) {
        return fromEnd(packed, 5);
    }

    static double lat(byte[] packed) {
        return Double.longBitsToDouble(fromEnd(packed, 4));
    }

    static double lon(byte[] packed) {
        return Double.longBitsToDouble(fromEnd(packed, 3));
    }

    static long known(byte[] packed) {
        return fromEnd(packed, 2);
    }

    static boolean gone(byte[] packed) {
        return fromEnd(packed, 1) == 1;
    }

    private static long fromEnd(byte[] packed, int place) {
        return Packed.number(packed, packed.length - place * Long.BYTES);
    }
}
