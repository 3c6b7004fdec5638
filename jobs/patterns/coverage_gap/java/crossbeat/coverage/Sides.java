package crossbeat.coverage;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.TableFunction;

/**
 * SQL: a row for each district that may see a record, or could ({@code recipient}), at each district whose places it may
 * concern ({@code side}). Those that it is not {@code near} have one row, at its own district. In Java since each visit
 * passes here: two UNNESTs, each over a union, were a third of what this pattern cost.
 */
@FunctionHint(
        output =
                @DataTypeHint(
                        value = "ROW<recipient STRING NOT NULL, side STRING NOT NULL, near BOOLEAN NOT NULL, sees BOOLEAN NOT NULL>",
                        bridgedTo = RowData.class))
public class Sides extends TableFunction<RowData> {

    /**
     * Emits them.
     *
     * @param visibleTo who may see it
     * @param before who could see it before, empty or null if nobody could
     * @param district its owner
     * @param place the district in whose area it lies, null where that does not matter or it lies in none
     * @param beside the districts near its place
     */
    public void eval(
            @DataTypeHint(value = "ARRAY<STRING NOT NULL>", bridgedTo = ArrayData.class) ArrayData visibleTo,
            @DataTypeHint(value = "ARRAY<STRING NOT NULL>", bridgedTo = ArrayData.class) ArrayData before,
            @DataTypeHint(value = "STRING NOT NULL", bridgedTo = StringData.class) StringData district,
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData place,
            @DataTypeHint(value = "ARRAY<STRING NOT NULL>", bridgedTo = ArrayData.class) ArrayData beside) {
        List<StringData> near = add(new ArrayList<>(), beside);
        List<StringData> sides = new ArrayList<>();
        sides.add(district);
        if (place != null && !sides.contains(place)) {
            sides.add(place);
        }
        add(sides, beside);
        List<StringData> readers = add(new ArrayList<>(), visibleTo);
        int may = readers.size();
        add(readers, before);
        for (int at = 0; at < readers.size(); at++) {
            StringData reader = readers.get(at);
            boolean all = reader.equals(district) || near.contains(reader);
            for (StringData side : sides) {
                boolean here = all || reader.equals(side);
                if (here || side == district) {
                    collect(GenericRowData.of(reader, side, here, at < may));
                }
            }
        }
    }

    /** Adds what is not there yet. */
    private static List<StringData> add(List<StringData> to, ArrayData more) {
        for (int at = 0; more != null && at < more.size(); at++) {
            StringData one = more.getString(at);
            if (!to.contains(one)) {
                to.add(one);
            }
        }
        return to;
    }
}
