package crossbeat.feeds;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Things remembered as bytes, each at its place, which is how state holds them: a record reads and changes the few that it
 * concerns, and nothing else is unpacked or packed. What state gave out must stay as it is, so this is a copy of it.
 */
final class Memory {
    private static final VarHandle SHORT = view(short[].class);
    private static final VarHandle INT = view(int[].class);
    private static final VarHandle LONG = view(long[].class);
    private static final VarHandle DOUBLE = view(double[].class);

    private byte[] bytes;
    private boolean changed;

    /** Of so many bytes, all 0. */
    Memory(int length) {
        bytes = new byte[length];
    }

    /** A copy of the bytes from one place to another. */
    Memory(byte[] of, int from, int to) {
        bytes = Arrays.copyOfRange(of, from, to);
    }

    /** Whether anything was set since it was made. */
    boolean changed() {
        return changed;
    }

    /** All of it; not to be changed. */
    byte[] bytes() {
        return bytes;
    }

    long number(int at) {
        return (long) LONG.get(bytes, at);
    }

    void number(int at, long value) {
        LONG.set(bytes, at, value);
        changed = true;
    }

    int count(int at) {
        return (int) INT.get(bytes, at);
    }

    void count(int at, int value) {
        INT.set(bytes, at, value);
        changed = true;
    }

    double real(int at) {
        return (double) DOUBLE.get(bytes, at);
    }

    void real(int at, double value) {
        DOUBLE.set(bytes, at, value);
        changed = true;
    }

    boolean flag(int at) {
        return bytes[at] != 0;
    }

    void flag(int at, boolean value) {
        bytes[at] = (byte) (value ? 1 : 0);
        changed = true;
    }

    /** So many floats from a place on. */
    float[] figures(int at, int many) {
        float[] figures = new float[many];
        ByteBuffer.wrap(bytes, at, many * Float.BYTES).asFloatBuffer().get(figures);
        return figures;
    }

    void figures(int at, float[] figures) {
        ByteBuffer.wrap(bytes, at, figures.length * Float.BYTES).asFloatBuffer().put(figures);
        changed = true;
    }

    /** The length of a text, in two bytes. */
    int length(int at) {
        return (short) SHORT.get(bytes, at);
    }

    /** The text of so many bytes at a place. */
    String text(int at, int length) {
        return new String(bytes, at, length, StandardCharsets.UTF_8);
    }

    /** Puts bytes to its end, from a place on; what stood there is gone. */
    void tail(int at, byte[] tail) {
        if (bytes.length != at + tail.length) {
            bytes = Arrays.copyOf(bytes, at + tail.length);
        }
        System.arraycopy(tail, 0, bytes, at, tail.length);
        changed = true;
    }

    private static VarHandle view(Class<?> array) {
        return MethodHandles.byteArrayViewVarHandle(array, ByteOrder.BIG_ENDIAN);
    }
}
