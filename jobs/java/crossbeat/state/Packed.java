package crossbeat.state;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Function;

/** Lists in one array of bytes, which is what state holds: one copy an access, no graph of objects for Flink to convert. */
public final class Packed {
    private Packed() {}

    /** A list as bytes; an empty one is null, so that its state is gone. */
    public static <T> byte[] pack(List<T> things, BiConsumer<T, Out> write) {
        if (things.isEmpty()) {
            return null;
        }
        Out out = new Out();
        out.number(things.size());
        things.forEach(one -> write.accept(one, out));
        return out.bytes.toByteArray();
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

    /** Writes one thing after another; memory does not fail as a file does. */
    public static final class Out {
        private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        private final DataOutputStream data = new DataOutputStream(bytes);

        private Out() {}

        public Out text(String text) {
            return put(() -> data.writeUTF(text));
        }

        public Out number(long number) {
            return put(() -> data.writeLong(number));
        }

        public Out real(double number) {
            return put(() -> data.writeDouble(number));
        }

        public Out texts(List<String> texts) {
            number(texts.size());
            texts.forEach(this::text);
            return this;
        }

        private Out put(Step step) {
            try {
                step.run();
                return this;
            } catch (IOException cause) {
                throw new UncheckedIOException(cause);
            }
        }
    }

    /** Reads them again, in the same order. */
    public static final class In {
        private final DataInputStream data;

        private In(byte[] packed) {
            data = new DataInputStream(new ByteArrayInputStream(packed));
        }

        public String text() {
            return get(data::readUTF);
        }

        public long number() {
            return get(data::readLong);
        }

        public double real() {
            return get(data::readDouble);
        }

        public List<String> texts() {
            List<String> texts = new ArrayList<>();
            for (long left = number(); left > 0; left--) {
                texts.add(text());
            }
            return texts;
        }

        private static <T> T get(Source<T> source) {
            try {
                return source.get();
            } catch (IOException cause) {
                throw new UncheckedIOException(cause);
            }
        }
    }

    private interface Step {
        void run() throws IOException;
    }

    private interface Source<T> {
        T get() throws IOException;
    }
}
