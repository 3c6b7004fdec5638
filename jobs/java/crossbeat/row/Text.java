package crossbeat.row;

import java.nio.charset.StandardCharsets;
import org.apache.flink.table.data.RowData;

/** Texts of rows that are read where they stand. */
public final class Text {
    private Text() {}

    /** The text at a place; null where it is. */
    public static String at(RowData row, int at) {
        return row.isNullAt(at) ? null : new String(row.getString(at).toBytes(), StandardCharsets.UTF_8);
    }
}
