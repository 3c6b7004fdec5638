package crossbeat.corroboration;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.ScalarFunction;

/** SQL: the kind of event that a code of a type of record means, by the table of {@link Kinds}; null if none. */
public class KindOf extends ScalarFunction {
    private transient Kinds kinds;

    @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
    public StringData eval(
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData type,
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData code,
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData table) {
        if (kinds == null) {
            kinds = new Kinds(table.toString()); // a constant of the query
        }
        return kinds.of(type, code);
    }
}
