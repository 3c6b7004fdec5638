package crossbeat.row;

import java.nio.charset.StandardCharsets;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;

/** Texts of rows that are read where they stand. */
public final class Text {
    private Text() {}

    /** Whether this text stands at a place: nothing is decoded. Not for one that may be null. */
    public static boolean is(RowData row, int at, StringData text) {
        return row.getString(at).equals(text);
    }

    /** The text at a place; null where it is. */
    public static String at(RowData row, int at) {
        return row.isNullAt(at) ? null : new String(row.getString(at).toBytes(), StandardCharsets.UTF_8);
    }
}
