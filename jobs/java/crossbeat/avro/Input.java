package crossbeat.avro;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.Arrays;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.data.binary.BinaryStringData;

/** Reads Avro's binary encoding from a message, without a copy of its texts. */
final class Input {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

    private byte[] bytes;
    private int at;

    void reset(byte[] message, int from) {
        bytes = message;
        at = from;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return at;
    }

    long number() {
        long value = 0;
        for (int shift = 0; shift < 64; shift += 7) {
            byte part = bytes[at++];
            value |= (long) (part & 0x7F) << shift;
            if (part >= 0) {
                return value >>> 1 ^ -(value & 1);
            }
        }
        throw new IllegalArgumentException("a number of more than ten bytes");
    }

    /** Whether a field that may be null, by this branch of the two, is. */
    boolean missing(int nullBranch) {
        long branch = number();
        if (branch >>> 1 != 0) {
            throw new IllegalArgumentException("a branch that is neither of the two");
        }
        return branch == nullBranch;
    }

    private int length() {
        long length = number();
        if (length < 0 || length > bytes.length - at) {
            throw new IllegalArgumentException("a text longer than its message");
        }
        return (int) length;
    }

    Object value(Shape.Kind kind) {
        switch (kind) {
            case STRING: {
                int length = length();
                at += length;
                return BinaryStringData.fromBytes(bytes, at - length, length);
            }
            case BYTES: {
                int length = length();
                at += length;
                return Arrays.copyOfRange(bytes, at - length, at);
            }
            case INT:
                return (int) number();
            case LONG:
                return number();
            case TIMESTAMP:
                return TimestampData.fromEpochMillis(number());
            case FLOAT:
                at += 4;
                return Float.intBitsToFloat((int) INT.get(bytes, at - 4));
            case DOUBLE:
                at += 8;
                return Double.longBitsToDouble((long) LONG.get(bytes, at - 8));
            default:
                return bytes[at++] != 0;
        }
    }

    void skip(Shape.Kind kind) {
        switch (kind) {
            case STRING:
            case BYTES:
                int length = length(); // apart: `at += length()` would take the place before the length was read
                at += length;
                break;
            case FLOAT:
                at += 4;
                break;
            case DOUBLE:
                at += 8;
                break;
            case BOOLEAN:
                at++;
                break;
            default:
                number();
        }
    }

    ArrayData array(Shape.Kind kind) {
        Object[] values = {};
        for (long count = block(); count != 0; count = block()) {
            int filled = values.length;
            values = Arrays.copyOf(values, Math.toIntExact(filled + count));
            for (int i = filled; i < values.length; i++) {
                values[i] = value(kind);
            }
        }
        return new GenericArrayData(values);
    }

    void skipArray(Shape.Kind kind) {
        for (long count = block(); count != 0; count = block()) {
            for (long i = 0; i < count; i++) {
                skip(kind);
            }
        }
    }

    /** How many values the next block has; one that says its size in bytes begins with a negative count. */
    private long block() {
        long count = number();
        if (count < 0) {
            number();
            count = -count;
        }
        if (count > bytes.length - at) {
            throw new IllegalArgumentException("an array longer than its message");
        }
        return count;
    }
}
