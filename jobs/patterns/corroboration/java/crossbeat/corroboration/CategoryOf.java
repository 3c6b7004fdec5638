package crossbeat.corroboration;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.functions.ScalarFunction;

/** SQL: the category of the alerts of a kind of event, by the table of {@link Kinds}; null for no kind. */
public class CategoryOf extends ScalarFunction {
    private transient Kinds kinds;

    @DataTypeHint(value = "STRING", bridgedTo = StringData.class)
    public StringData eval(
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData kind,
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData table) {
        if (kinds == null) {
            kinds = new Kinds(table.toString()); // a constant of the query
        }
        return kinds.category(kind);
    }
}
