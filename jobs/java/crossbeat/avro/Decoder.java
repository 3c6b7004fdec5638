package crossbeat.avro;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.table.data.GenericArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.binary.BinaryArrayData;
import org.apache.flink.table.data.binary.BinaryStringData;
import org.apache.flink.table.runtime.typeutils.ArrayDataSerializer;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;

/** Framed Avro to rows of the columns asked for, whatever version of the schema it was written with. */
final class Decoder implements DeserializationSchema<RowData> {
    private static final long serialVersionUID = 1L;
    private static final int HEAD = 5;

    private final Registry registry;
    private final RowType type;
    private final TypeInformation<RowData> produced;
    private transient Map<Integer, Plan> plans;
    private transient Input input;
    private transient Plan latest;
    private transient int latestId;
    private transient Repeats<BinaryArrayData>[] repeats;
    private transient ArrayDataSerializer[] serializers;
    private transient Map<Integer, Undecodable> unfit;
    private transient Aside aside;

    Decoder(Registry registry, RowType type, TypeInformation<RowData> produced) {
        this.registry = registry;
        this.type = type;
        this.produced = produced;
    }

    @Override
    @SuppressWarnings({"unchecked", "rawtypes"})
    public void open(InitializationContext context) {
        plans = new HashMap<>();
        unfit = new HashMap<>();
        aside = new Aside(context);
        input = new Input();
        latest = null;
        repeats = new Repeats[type.getFieldCount()];
        serializers = new ArrayDataSerializer[type.getFieldCount()];
        for (int column = 0; column < repeats.length; column++) {
            LogicalType of = type.getTypeAt(column);
            if (of instanceof ArrayType) {
                repeats[column] = new Repeats<>();
                serializers[column] = new ArrayDataSerializer(((ArrayType) of).getElementType());
            }
        }
    }

    @Override
    public RowData deserialize(byte[] message) throws IOException {
        if (message == null) {
            return null; // a tombstone: Flink passes over it
        }
        try {
            return decode(message);
        } catch (Undecodable why) {
            aside.put(message, why);
            return null; // as a tombstone
        }
    }

    private RowData decode(byte[] message) throws IOException {
        int id = Fields.id(message);
        if (latest == null || id != latestId) {
            latest = plan(id);
            latestId = id;
        }
        input.reset(message, HEAD);
        try {
            return read(latest);
        } catch (IndexOutOfBoundsException | IllegalArgumentException | ArithmeticException error) {
            throw new Undecodable("it does not fit its schema " + id);
        }
    }

    private RowData read(Plan plan) {
        GenericRowData row = new GenericRowData(type.getFieldCount());
        for (int column : plan.added) {
            row.setField(column, blank(type.getTypeAt(column)));
        }
        for (int i = 0; i < plan.shapes.length; i++) {
            Shape shape = plan.shapes[i];
            int column = plan.columns[i];
            if (shape.nullBranch() != Shape.NEVER && input.missing(shape.nullBranch())) {
                continue;
            }
            if (column < 0) {
                if (shape.array()) {
                    input.skipArray(shape.kind());
                } else {
                    input.skip(shape.kind());
                }
            } else {
                row.setField(column, shape.array() ? array(shape, column) : input.value(shape.kind()));
            }
        }
        return row;
    }

    /** What a field says in records from before it was added: a contract gives it this default, or null. */
    private static Object blank(LogicalType type) {
        return switch (type.getTypeRoot()) {
            case BOOLEAN -> false;
            case VARCHAR -> BinaryStringData.EMPTY_UTF8;
            case ARRAY -> new GenericArrayData(new Object[0]);
            default -> null;
        };
    }

    private BinaryArrayData array(Shape shape, int column) {
        byte[] bytes = input.bytes();
        int from = input.position();
        input.skipArray(shape.kind());
        int to = input.position();
        BinaryArrayData known = repeats[column].get(bytes, from, to);
        if (known == null) {
            input.reset(bytes, from);
            known = serializers[column].toBinaryArray(input.array(shape.kind())).copy();
            repeats[column].put(bytes, from, to, known);
        }
        return known;
    }

    private Plan plan(int id) throws IOException {
        Plan plan = plans.get(id);
        if (plan == null) {
            Undecodable known = unfit.get(id);
            if (known != null) {
                throw known;
            }
            // One that the registry does not know is asked for again: it may be registered later.
            JsonNode schema = registry.schema(id);
            try {
                plan = new Plan(Shape.written(schema, id), type, id);
            } catch (Undecodable why) {
                unfit.put(id, why);
                throw why;
            }
            plans.put(id, plan);
        }
        return plan;
    }

    @Override
    public boolean isEndOfStream(RowData row) {
        return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return produced;
    }

    /** The fields of a written record up to the last that is wanted, and the column of each, -1 for none. */
    private static final class Plan {
        final Shape[] shapes;
        final int[] columns;
        /** Columns that the written record does not have and that cannot be null. */
        final int[] added;

        Plan(List<Shape> written, RowType type, int id) throws Undecodable {
            int[] places = new int[written.size()];
            int wanted = 0;
            boolean[] filled = new boolean[type.getFieldCount()];
            for (int i = 0; i < places.length; i++) {
                places[i] = type.getFieldIndex(written.get(i).name());
                if (places[i] >= 0) {
                    wanted = i + 1;
                    filled[places[i]] = true;
                    if (!written.get(i).fits(type.getTypeAt(places[i]))) {
                        throw new Undecodable("schema " + id + " has another type of field " + written.get(i).name());
                    }
                }
            }
            List<Integer> missing = new ArrayList<>();
            for (int column = 0; column < filled.length; column++) {
                if (!filled[column] && !type.getTypeAt(column).isNullable()) {
                    if (blank(type.getTypeAt(column)) == null) {
                        throw new Undecodable("schema " + id + " has no field " + type.getFieldNames().get(column));
                    }
                    missing.add(column);
                }
            }
            added = missing.stream().mapToInt(Integer::intValue).toArray();
            shapes = written.subList(0, wanted).toArray(new Shape[0]);
            columns = java.util.Arrays.copyOf(places, wanted);
        }
    }
}
