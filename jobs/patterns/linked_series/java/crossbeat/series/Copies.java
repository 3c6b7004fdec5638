package crossbeat.series;

import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.functions.TableFunction;
import org.apache.flink.types.Row;

/**
 * SQL: one row for each recipient and category whose state an incident must come to.
 *
 * <p>A recipient has the incidents that it may see and owns, or that lie within reach of it. Where a revision replaces
 * one, those that could see that one get a row too, {@code gone} if the incident is no longer theirs, so that they take
 * it out: they may have had it, for what lay near whom before is not known any more.
 */
@FunctionHint(output = @DataTypeHint("ROW<recipient STRING NOT NULL, kind STRING NOT NULL, gone BOOLEAN NOT NULL>"))
public class Copies extends TableFunction<Row> {

    /** Emits the copies of one incident; the prior category is null where it is the first revision that was shared. */
    public void eval(
            @DataTypeHint("STRING NOT NULL") String owner,
            @DataTypeHint("STRING NOT NULL") String category,
            @DataTypeHint("ARRAY<STRING NOT NULL> NOT NULL") String[] visibleTo,
            @DataTypeHint("ARRAY<STRING NOT NULL> NOT NULL") String[] near,
            @DataTypeHint("BOOLEAN NOT NULL") Boolean retracted,
            @DataTypeHint("STRING") String priorCategory,
            @DataTypeHint("ARRAY<STRING NOT NULL>") String[] priorVisibleTo,
            @DataTypeHint("STRING NOT NULL") String categories) {
        List<String> wanted = Arrays.asList(categories.split("[ ,]+"));
        List<String> within = Arrays.asList(near);
        boolean replaces = priorCategory != null && wanted.contains(priorCategory);
        boolean same = category.equals(priorCategory);
        if (wanted.contains(category)) {
            for (String recipient : visibleTo) {
                boolean has = !retracted && (recipient.equals(owner) || within.contains(recipient));
                // Of what was taken back before its first revision came, a mark stays with its readers.
                if (has || retracted || replaces && same) {
                    collect(Row.of(recipient, category, !has));
                }
            }
        }
        if (replaces && priorVisibleTo != null) {
            List<String> readers = same ? Arrays.asList(visibleTo) : List.of();
            for (String recipient : priorVisibleTo) {
                if (!readers.contains(recipient)) {
                    collect(Row.of(recipient, priorCategory, true));
                }
            }
        }
    }
}
