package crossbeat.avro;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.data.ArrayData;

/**
 * A framed message cut into the bytes of its fields, which can be put together again by the schema of another stage of
 * its contract. No value is made but those asked for.
 */
public final class Fields {
    private static final int HEAD = 5;
    private static final byte[] BLANK = {0};

    private final Registry registry;
    private final Map<Integer, Written> known = new HashMap<>();
    private final Input input = new Input();
    private byte[] message;
    private Written written;
    private int[] ends = new int[0];

    public Fields(Registry registry) {
        this.registry = registry;
    }

    /** Name of the record that a message holds. */
    public String name(byte[] framed) throws IOException {
        if (framed.length < HEAD || framed[0] != 0) {
            throw new IOException("a message is not framed as Confluent Avro: its topic has a writer that is not ours");
        }
        int id = ByteBuffer.wrap(framed).getInt(1);
        written = known.get(id);
        if (written == null) {
            JsonNode schema = registry.schema(id);
            written = new Written(schema.get("name").asText(), Shape.of(schema));
            known.put(id, written);
        }
        return written.name;
    }

    /** Cuts a message; what is asked after this is asked of it. */
    public void cut(byte[] framed) throws IOException {
        name(framed);
        message = framed;
        ends = ends.length < written.shapes.size() ? new int[written.shapes.size()] : ends;
        input.reset(framed, HEAD);
        try {
            for (int i = 0; i < written.shapes.size(); i++) {
                skip(written.shapes.get(i));
                ends[i] = input.position();
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException error) {
            throw new IOException("a message does not fit its schema of " + written.name, error);
        }
    }

    /** A text; empty where the record has none. */
    public String text(String field) {
        Shape shape = at(field);
        return shape == null ? "" : input.value(shape.kind()).toString();
    }

    /** A number of whole units; 0 where the record has none. */
    public long number(String field) {
        return at(field) == null ? 0 : input.number();
    }

    /** Whether a field is true; false where the record has none. */
    public boolean flag(String field) {
        Shape shape = at(field);
        return shape != null && (boolean) input.value(shape.kind());
    }

    /** A list of texts; empty where the record has none. */
    public List<String> texts(String field) {
        Shape shape = at(field);
        List<String> texts = new ArrayList<>();
        if (shape != null) {
            ArrayData values = input.array(shape.kind());
            for (int i = 0; i < values.size(); i++) {
                texts.add(values.getString(i).toString());
            }
        }
        return texts;
    }

    /** The same record framed by another stage's schema: its fields, in its order. */
    public byte[] as(Target target) {
        ByteArrayOutputStream bytes = target.begin(message.length);
        for (Shape shape : target.shapes) {
            Integer i = written.places.get(shape.name());
            if (i == null) {
                bytes.writeBytes(BLANK); // written before the field was added: null, false, none or empty
            } else {
                int from = i == 0 ? HEAD : ends[i - 1];
                bytes.write(message, from, ends[i] - from);
            }
        }
        return bytes.toByteArray();
    }

    /** Places the input at a field's value; null if there is none. */
    private Shape at(String field) {
        Integer i = written.places.get(field);
        if (i == null) {
            return null;
        }
        Shape shape = written.shapes.get(i);
        input.reset(message, i == 0 ? HEAD : ends[i - 1]);
        return shape.nullBranch() != Shape.NEVER && input.number() == shape.nullBranch() ? null : shape;
    }

    private void skip(Shape shape) {
        if (shape.nullBranch() != Shape.NEVER && input.number() == shape.nullBranch()) {
            return;
        }
        if (shape.array()) {
            input.skipArray(shape.kind());
        } else {
            input.skip(shape.kind());
        }
    }

    /** A schema that messages were written with. */
    private static final class Written {
        final String name;
        final List<Shape> shapes;
        final Map<String, Integer> places = new HashMap<>();

        Written(String name, List<Shape> shapes) {
            this.name = name;
            this.shapes = shapes;
            for (int i = 0; i < shapes.size(); i++) {
                places.put(shapes.get(i).name(), i);
            }
        }
    }

    /** A schema to write with, registered under a subject: looked up, never registered here. */
    public static final class Target {
        final List<Shape> shapes;
        private final byte[] head;

        public Target(Registry registry, String subject, String schema) throws IOException {
            shapes = Shape.of(new ObjectMapper().readTree(schema));
            head = ByteBuffer.allocate(HEAD).put((byte) 0).putInt(registry.id(subject, schema)).array();
        }

        /** A record of texts, whole numbers and lists of texts. */
        public byte[] of(Map<String, Object> values) {
            ByteArrayOutputStream bytes = begin(256);
            for (Shape shape : shapes) {
                Object value = values.get(shape.name());
                if (value instanceof List<?> texts) {
                    if (!texts.isEmpty()) {
                        number(bytes, texts.size());
                        texts.forEach(text -> text(bytes, (String) text));
                    }
                    number(bytes, 0);
                } else if (value instanceof String text) {
                    text(bytes, text);
                } else {
                    number(bytes, (Long) value);
                }
            }
            return bytes.toByteArray();
        }

        ByteArrayOutputStream begin(int size) {
            ByteArrayOutputStream bytes = new ByteArrayOutputStream(size);
            bytes.writeBytes(head);
            return bytes;
        }

        private static void text(ByteArrayOutputStream bytes, String text) {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            number(bytes, utf8.length);
            bytes.writeBytes(utf8);
        }

        private static void number(ByteArrayOutputStream bytes, long value) {
            long left = value << 1 ^ value >> 63;
            for (; (left & ~0x7FL) != 0; left >>>= 7) {
                bytes.write((int) (left | 0x80));
            }
            bytes.write((int) left);
        }
    }
}
