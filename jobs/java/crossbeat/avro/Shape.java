package crossbeat.avro;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;

/**
 * One field of an Avro record, of the few shapes that contracts allow: a primitive, a timestamp in milliseconds, one of
 * these or null, or an array of one of these.
 */
record Shape(String name, Kind kind, boolean array, int nullBranch) {
    /** What a value is made of. */
    enum Kind {
        STRING, BYTES, INT, LONG, TIMESTAMP, FLOAT, DOUBLE, BOOLEAN;

        private boolean fits(LogicalType type) {
            return switch (type.getTypeRoot()) {
                case VARCHAR -> this == STRING;
                case VARBINARY -> this == BYTES;
                case INTEGER -> this == INT;
                case BIGINT -> this == LONG;
                case TIMESTAMP_WITHOUT_TIME_ZONE, TIMESTAMP_WITH_LOCAL_TIME_ZONE -> this == TIMESTAMP;
                case FLOAT -> this == FLOAT;
                case DOUBLE -> this == DOUBLE;
                case BOOLEAN -> this == BOOLEAN;
                default -> false;
            };
        }
    }

    /** {@link #nullBranch} of a field that is never null. */
    static final int NEVER = -1;

    /** The fields of a schema that a message was written with, of which one knows no more than its id. */
    static List<Shape> written(JsonNode schema, int id) throws Undecodable {
        try {
            return of(schema);
        } catch (IllegalArgumentException error) {
            throw new Undecodable("schema " + id + " is of no contract: " + error.getMessage());
        }
    }

    /** The fields of a record schema in their order. */
    static List<Shape> of(JsonNode schema) {
        List<Shape> shapes = new ArrayList<>();
        for (JsonNode field : schema.get("fields")) {
            shapes.add(of(field.get("name").asText(), field.get("type")));
        }
        return shapes;
    }

    /** Whether a column of this type takes what is written so: a value of another would fail long after it was read. */
    boolean fits(LogicalType column) {
        if (array) {
            return column instanceof ArrayType list && kind.fits(list.getElementType());
        }
        return kind.fits(column) && (nullBranch == NEVER || column.isNullable());
    }

    private static Shape of(String name, JsonNode type) {
        if (type.isArray() && type.size() == 2) {
            for (int branch = 0; branch < 2; branch++) {
                if (type.get(branch).asText().equals("null")) {
                    return new Shape(name, kind(name, type.get(1 - branch)), false, branch);
                }
            }
        }
        if (type.isObject() && type.get("type").asText().equals("array")) {
            return new Shape(name, kind(name, type.get("items")), true, NEVER);
        }
        return new Shape(name, kind(name, type), false, NEVER);
    }

    private static Kind kind(String name, JsonNode type) {
        String text = type.isObject() ? type.get("type").asText() : type.asText();
        String logical = type.isObject() && type.has("logicalType") ? type.get("logicalType").asText() : "";
        return switch (text) {
            case "string" -> Kind.STRING;
            case "bytes" -> Kind.BYTES;
            case "int" -> Kind.INT;
            case "long" -> logical.equals("timestamp-millis") ? Kind.TIMESTAMP : Kind.LONG;
            case "float" -> Kind.FLOAT;
            case "double" -> Kind.DOUBLE;
            case "boolean" -> Kind.BOOLEAN;
            default -> throw new IllegalArgumentException("field " + name + ": a contract has no type " + type);
        };
    }
}
