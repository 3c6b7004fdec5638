package crossbeat.avro;

import java.util.Arrays;

/**
 * Remembers what a stretch of bytes was turned into. Lists such as {@code visible_to} have twenty names and few different
 * values: to know one again costs a hundredth of making it.
 */
final class Repeats<T> {
    private static final int SLOTS = 1 << 8;

    private final byte[][] keys = new byte[SLOTS][];
    private final Object[] values = new Object[SLOTS];
    private int slot;

    /** What these bytes became before; null if they are not remembered. {@link #put} then fills the same place. */
    @SuppressWarnings("unchecked")
    T get(byte[] bytes, int from, int to) {
        int hash = to - from;
        for (int at = from; at < to; at += 5) { // any five-fold of bytes tells most values apart; equals decides
            hash = 31 * hash + bytes[at];
        }
        slot = (hash ^ hash >>> 8 ^ hash >>> 16) & SLOTS - 1;
        byte[] key = keys[slot];
        return key != null && Arrays.equals(key, 0, key.length, bytes, from, to) ? (T) values[slot] : null;
    }

    /** Remember this for the bytes last asked about, in place of whatever stood there. */
    void put(byte[] bytes, int from, int to, T value) {
        keys[slot] = Arrays.copyOfRange(bytes, from, to);
        values[slot] = value;
    }
}
