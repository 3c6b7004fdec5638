package crossbeat.avro;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.types.logical.RowType;

/** Rows to framed Avro, with the very schema that is registered: looked up at the start, never registered here. */
final class Encoder implements SerializationSchema<RowData> {
    private static final long serialVersionUID = 1L;
    private static final int HEAD = 5;

    private final Registry registry;
    private final String subject;
    private final String schema;
    private final RowType type;
    private transient Shape[] shapes;
    private transient byte[] buffer;
    private transient int at;

    Encoder(Registry registry, String subject, String schema, RowType type) {
        this.registry = registry;
        this.subject = subject;
        this.schema = schema;
        this.type = type;
    }

    @Override
    public void open(InitializationContext context) throws IOException {
        List<Shape> written = Shape.of(new ObjectMapper().readTree(schema));
        if (!written.stream().map(Shape::name).toList().equals(type.getFieldNames())) {
            throw new IOException("the columns written to " + subject + " are not the fields of its schema");
        }
        shapes = written.toArray(new Shape[0]);
        buffer = new byte[1024];
        ByteBuffer.wrap(buffer).putInt(1, registry.id(subject, schema));
    }

    @Override
    public byte[] serialize(RowData row) {
        at = HEAD;
        for (int i = 0; i < shapes.length; i++) {
            Shape shape = shapes[i];
            if (shape.nullBranch() != Shape.NEVER) {
                boolean missing = row.isNullAt(i);
                number(missing ? shape.nullBranch() : 1 - shape.nullBranch());
                if (missing) {
                    continue;
                }
            }
            if (shape.array()) {
                array(row.getArray(i), shape.kind());
            } else {
                value(row, i, shape.kind());
            }
        }
        return Arrays.copyOf(buffer, at);
    }

    private void value(RowData row, int i, Shape.Kind kind) {
        switch (kind) {
            case STRING -> text((BinaryStringData) row.getString(i));
            case BYTES -> raw(row.getBinary(i));
            case INT -> number(row.getInt(i));
            case LONG -> number(row.getLong(i));
            case TIMESTAMP -> number(row.getTimestamp(i, 3).getMillisecond());
            case FLOAT -> fixed(Float.floatToIntBits(row.getFloat(i)), 4);
            case DOUBLE -> fixed(Double.doubleToLongBits(row.getDouble(i)), 8);
            case BOOLEAN -> fixed(row.getBoolean(i) ? 1 : 0, 1);
        }
    }

    private void array(ArrayData values, Shape.Kind kind) {
        if (values.size() > 0) {
            number(values.size());
            for (int i = 0; i < values.size(); i++) {
                switch (kind) {
                    case STRING -> text((BinaryStringData) values.getString(i));
                    case INT -> number(values.getInt(i));
                    case LONG -> number(values.getLong(i));
                    case DOUBLE -> fixed(Double.doubleToLongBits(values.getDouble(i)), 8);
                    default -> throw new UncheckedIOException(new IOException("no array of " + kind + " is written yet"));
                }
            }
        }
        number(0);
    }

    private void text(BinaryStringData text) {
        text.ensureMaterialized();
        int length = text.getSizeInBytes();
        number(length);
        room(length);
        if (text.getSegments().length == 1) {
            text.getSegments()[0].get(text.getOffset(), buffer, at, length);
        } else {
            System.arraycopy(text.toBytes(), 0, buffer, at, length);
        }
        at += length;
    }

    private void raw(byte[] bytes) {
        number(bytes.length);
        room(bytes.length);
        System.arraycopy(bytes, 0, buffer, at, bytes.length);
        at += bytes.length;
    }

    private void number(long value) {
        room(10);
        long left = value << 1 ^ value >> 63;
        for (; (left & ~0x7FL) != 0; left >>>= 7) {
            buffer[at++] = (byte) (left | 0x80);
        }
        buffer[at++] = (byte) left;
    }

    private void fixed(long bits, int bytes) {
        room(bytes);
        for (int i = 0; i < bytes; i++) {
            buffer[at++] = (byte) (bits >>> 8 * i);
        }
    }

    private void room(int more) {
        if (buffer.length - at < more) {
            buffer = Arrays.copyOf(buffer, Math.max(2 * buffer.length, at + more));
        }
    }
}
