package crossbeat.state;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Lists in one array of bytes, which is what state holds: one copy an access, no graph of objects for Flink to convert. */
public final class Packed {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private Packed() {}

    /** A list as bytes; an empty one is null, so that its state is gone. */
    public static <T> byte[] pack(List<T> things, BiConsumer<T, Out> write) {
        if (things.isEmpty()) {
            return null;
        }
        Out out = new Out();
        out.number(things.size());
        things.forEach(one -> write.accept(one, out));
        return out.bytes();
    }

    /** The list again; null is an empty one. It may be changed. */
    public static <T> List<T> unpack(byte[] packed, Function<In, T> read) {
        List<T> things = new ArrayList<>();
        if (packed != null) {
            In in = new In(packed);
            for (long left = in.number(); left > 0; left--) {
                things.add(read.apply(in));
            }
        }
        return things;
    }

    /** A packed list with one more thing at its end; those before it are not unpacked. */
    public static <T> byte[] with(byte[] packed, T one, BiConsumer<T, Out> write) {
        if (size(packed) == 0) {
            return pack(List.of(one), write);
        }
        Out out = new Out();
        write.accept(one, out);
        byte[] more = Arrays.copyOf(packed, packed.length + out.length);
        System.arraycopy(out.bytes, 0, more, packed.length, out.length);
        LONG.set(more, 0, size(packed) + 1L);
        return more;
    }

    /** How many things a packed list has. */
    public static int size(byte[] packed) {
        return packed == null || packed.length == 0 ? 0 : (int) (long) LONG.get(packed, 0);
    }

    /** The number whose eight bytes begin at a place. */
    public static long number(byte[] bytes, int at) {
        return (long) LONG.get(bytes, at);
    }

    /** Puts a number in the eight bytes that begin at a place: never into bytes that state has given out. */
    public static void number(byte[] bytes, int at, long number) {
        LONG.set(bytes, at, number);
    }

    /** Writes one thing after another: a number or a real in eight bytes, a text as its length and UTF-8. */
    public static final class Out {
        private byte[] bytes = new byte[256];
        private int length;

        private Out() {}

        public Out text(String text) {
            byte[] written = text.getBytes(StandardCharsets.UTF_8);
            room(Integer.BYTES + written.length);
            INT.set(bytes, length, written.length);
            System.arraycopy(written, 0, bytes, length + Integer.BYTES, written.length);
            length += Integer.BYTES + written.length;
            return this;
        }

        public Out number(long number) {
            room(Long.BYTES);
            LONG.set(bytes, length, number);
            length += Long.BYTES;
            return this;
        }

        public Out real(double number) {
            return number(Double.doubleToRawLongBits(number));
        }

        public Out texts(List<String> texts) {
            number(texts.size());
            texts.forEach(this::text);
            return this;
        }

        /** A text, or none: {@link In#maybe}. */
        public Out maybe(String text) {
            number(text == null ? 0 : 1);
            return text == null ? this : text(text);
        }

        /** Bytes as they are, or none (null). */
        public Out bytes(byte[] more) {
            number(more == null ? -1 : more.length);
            if (more != null) {
                room(more.length);
                System.arraycopy(more, 0, bytes, length, more.length);
                length += more.length;
            }
            return this;
        }

        private byte[] bytes() {
            return Arrays.copyOf(bytes, length);
        }

        private void room(int more) {
            if (length + more > bytes.length) {
                bytes = Arrays.copyOf(bytes, Math.max(2 * bytes.length, length + more));
            }
        }
    }

    /** Reads them again, in the same order. */
    public static final class In {
        private final byte[] bytes;
        private int at;

        private In(byte[] packed) {
            bytes = packed;
        }

        public String text() {
            int length = (int) INT.get(bytes, at);
            String text = new String(bytes, at + Integer.BYTES, length, StandardCharsets.UTF_8);
            at += Integer.BYTES + length;
            return text;
        }

        public long number() {
            long number = (long) LONG.get(bytes, at);
            at += Long.BYTES;
            return number;
        }

        public double real() {
            return Double.longBitsToDouble(number());
        }

        public String maybe() {
            return number() == 0 ? null : text();
        }

        public byte[] bytes() {
            int length = (int) number();
            if (length < 0) {
                return null;
            }
            at += length;
            return Arrays.copyOfRange(bytes, at - length, at);
        }

        public List<String> texts() {
            List<String> texts = new ArrayList<>();
            for (long left = number(); left > 0; left--) {
                texts.add(text());
            }
            return texts;
        }
    }
}
