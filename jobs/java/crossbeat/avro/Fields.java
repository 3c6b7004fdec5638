package crossbeat.avro;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
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
    private static final Set<Shape.Kind> TEXT = EnumSet.of(Shape.Kind.STRING);
    private static final Set<Shape.Kind> WHOLE = EnumSet.of(Shape.Kind.INT, Shape.Kind.LONG, Shape.Kind.TIMESTAMP);
    private static final Set<Shape.Kind> FLAG = EnumSet.of(Shape.Kind.BOOLEAN);

    private final Registry registry;
    private final Map<Integer, Written> known = new HashMap<>();
    private final Input input = new Input();
    private byte[] message;
    private Written written;
    private int[] ends = new int[0];

    public Fields(Registry registry) {
        this.registry = registry;
    }

    /** The id of the schema that a message was written with. */
    static int id(byte[] framed) throws Undecodable {
        if (framed.length < HEAD || framed[0] != 0) {
            throw new Undecodable("it is not framed as Confluent Avro");
        }
        return (framed[1] & 0xFF) << 24 | (framed[2] & 0xFF) << 16 | (framed[3] & 0xFF) << 8 | framed[4] & 0xFF;
    }

    /**
     * Name of the record that a message holds.
     *
     * @throws Undecodable if it holds none
     * @throws IOException if the registry cannot say
     */
    public String name(byte[] framed) throws IOException {
        int id = id(framed);
        written = known.get(id);
        if (written == null) {
            JsonNode schema = registry.schema(id);
            written = new Written(schema.get("name").asText(), Shape.written(schema, id));
            known.put(id, written);
        }
        return written.name;
    }

    /**
     * Cuts a message that is to be put together by another schema; what is asked after this is asked of it.
     *
     * @throws Undecodable if it holds no such record
     * @throws IOException if the registry cannot say
     */
    public void cut(byte[] framed, Target target) throws IOException {
        name(framed);
        if (!written.alike.contains(target)) {
            written.compare(target);
        }
        message = framed;
        ends = ends.length < written.shapes.size() ? new int[written.shapes.size()] : ends;
        input.reset(framed, HEAD);
        try {
            for (int i = 0; i < written.shapes.size(); i++) {
                skip(written.shapes.get(i));
                ends[i] = input.position();
            }
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException error) {
            throw new Undecodable("it does not fit its schema of " + written.name);
        }
    }

    /** A text; empty where the record has none. Of this and what follows, {@link Undecodable}: it is of another kind. */
    public String text(String field) throws Undecodable {
        Shape shape = at(field, TEXT, false);
        return shape == null ? "" : input.value(shape.kind()).toString();
    }

    /** A number of whole units; 0 where the record has none. */
    public long number(String field) throws Undecodable {
        return at(field, WHOLE, false) == null ? 0 : input.number();
    }

    /** Whether a field is true; false where the record has none. */
    public boolean flag(String field) throws Undecodable {
        Shape shape = at(field, FLAG, false);
        return shape != null && (boolean) input.value(shape.kind());
    }

    /** A list of texts; empty where the record has none. */
    public List<String> texts(String field) throws Undecodable {
        Shape shape = at(field, TEXT, true);
        List<String> texts = new ArrayList<>();
        if (shape != null) {
            ArrayData values = input.array(shape.kind());
            for (int i = 0; i < values.size(); i++) {
                texts.add(values.getString(i).toString());
            }
        }
        return texts;
    }

    /** The same record framed by the schema it was cut for: its fields, in its order. */
    public byte[] as(Target target) {
        ByteArrayOutputStream bytes = target.begin(message.length);
        for (Shape shape : target.shapes) {
            Integer i = target.withheld.contains(shape.name()) ? null : written.places.get(shape.name());
            if (i == null) {
                bytes.writeBytes(BLANK); // withheld, or written before the field was added: null, false, none, 0 or empty
            } else {
                int from = i == 0 ? HEAD : ends[i - 1];
                bytes.write(message, from, ends[i] - from);
            }
        }
        return bytes.toByteArray();
    }

    /** Places the input at a field's value of these kinds; null if there is none. */
    private Shape at(String field, Set<Shape.Kind> kinds, boolean array) throws Undecodable {
        Integer i = written.places.get(field);
        if (i == null) {
            return null;
        }
        Shape shape = written.shapes.get(i);
        if (shape.array() != array || !kinds.contains(shape.kind())) {
            throw new Undecodable("its schema of " + written.name + " has another type of field " + field);
        }
        input.reset(message, i == 0 ? HEAD : ends[i - 1]);
        return shape.nullBranch() != Shape.NEVER && input.number() == shape.nullBranch() ? null : shape;
    }

    private void skip(Shape shape) {
        if (shape.nullBranch() != Shape.NEVER && input.missing(shape.nullBranch())) {
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
        /** Schemas whose fields are all here that must be, written in the same way. */
        final Set<Target> alike = new HashSet<>();

        Written(String name, List<Shape> shapes) {
            this.name = name;
            this.shapes = shapes;
            for (int i = 0; i < shapes.size(); i++) {
                places.put(shapes.get(i).name(), i);
            }
        }

        void compare(Target target) throws Undecodable {
            for (Shape shape : target.shapes) {
                Integer i = places.get(shape.name());
                if (i == null ? target.needed.contains(shape.name()) : !shapes.get(i).equals(shape)) {
                    throw new Undecodable("its schema of " + name + " has no such field " + shape.name());
                }
            }
            alike.add(target);
        }
    }

    /** A schema to write with, registered under a subject: looked up, never registered here. */
    public static final class Target {
        final List<Shape> shapes;
        /** Fields without a default: no version of the contract is without them. */
        final Set<String> needed = new HashSet<>();
        /** Fields whose values are left out. */
        private final Set<String> withheld;
        private final byte[] head;

        public Target(Registry registry, String subject, String schema, Set<String> withheld) throws IOException {
            this.withheld = withheld;
            JsonNode read = new ObjectMapper().readTree(schema);
            shapes = Shape.of(read);
            for (JsonNode field : read.get("fields")) {
                if (!field.has("default")) {
                    needed.add(field.get("name").asText());
                }
            }
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
