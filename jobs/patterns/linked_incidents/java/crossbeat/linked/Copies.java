package crossbeat.linked;

import crossbeat.geo.Grid;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;
import org.apache.flink.table.functions.TableFunction;

/**
 * SQL: one row for each place of the join's state that an incident must come to: what must match, and a cell.
 *
 * <p>An incident comes to its cells, see {@link Grid}. Where it was taken back, or has moved in space, time or kind, it
 * comes to those of the revision before as well, first and as a removal ({@link Prior}). One function gives both, so
 * that they reach a key that both come to in their order.
 */
@FunctionHint(
        output =
                @DataTypeHint(
                        value = "ROW<match_value STRING NOT NULL, cell BIGINT NOT NULL, home BOOLEAN NOT NULL, prior BYTES>",
                        bridgedTo = RowData.class))
public class Copies extends TableFunction<RowData> {
    private transient Grid grid;

    /** Emits the copies of one incident; the prior ones are null where it is the first that was shared. */
    public void eval(
            @DataTypeHint("DOUBLE NOT NULL") double lat,
            @DataTypeHint("DOUBLE NOT NULL") double lon,
            @DataTypeHint(value = "TIMESTAMP(3) NOT NULL", bridgedTo = TimestampData.class) TimestampData time,
            @DataTypeHint(value = "STRING NOT NULL", bridgedTo = StringData.class) StringData match,
            @DataTypeHint(value = "ARRAY<STRING NOT NULL> NOT NULL", bridgedTo = ArrayData.class) ArrayData visibleTo,
            @DataTypeHint("BOOLEAN NOT NULL") boolean retracted,
            @DataTypeHint("DOUBLE") Double priorLat,
            @DataTypeHint("DOUBLE") Double priorLon,
            @DataTypeHint(value = "TIMESTAMP(3)", bridgedTo = TimestampData.class) TimestampData priorTime,
            @DataTypeHint(value = "STRING", bridgedTo = StringData.class) StringData priorMatch,
            @DataTypeHint(value = "ARRAY<STRING NOT NULL>", bridgedTo = ArrayData.class) ArrayData priorVisibleTo,
            @DataTypeHint("DOUBLE NOT NULL") double cellM,
            @DataTypeHint("DOUBLE NOT NULL") double reachM) {
        if (grid == null) {
            grid = new Grid(cellM, reachM); // the sizes are constants of the query
        }
        boolean replaces = priorLat != null && priorLon != null && priorTime != null && priorMatch != null;
        if (!replaces && !retracted) {
            emit(lat, lon, match, null);
            return;
        }
        // What was taken back still says where it was, also if nothing says what it replaces.
        StringData fromMatch = replaces ? priorMatch : match;
        TimestampData fromTime = replaces ? priorTime : time;
        double fromLat = replaces ? priorLat : lat;
        double fromLon = replaces ? priorLon : lon;
        boolean sameMatch = fromMatch.equals(match);
        ArrayData readers = priorVisibleTo == null || priorVisibleTo.size() == 0 ? visibleTo : priorVisibleTo;
        Prior prior = new Prior(
                false, retracted, sameMatch, fromTime.getMillisecond(), fromLat, fromLon, Incident.raw(readers));
        boolean moved = !sameMatch || fromLat != lat || fromLon != lon || !fromTime.equals(time);
        if (retracted || moved) {
            emit(fromLat, fromLon, fromMatch, prior.asRemoval().pack());
        }
        if (!retracted) {
            emit(lat, lon, match, prior.pack());
        }
    }

    private void emit(double lat, double lon, StringData match, byte[] prior) {
        boolean home = true;
        for (long cell : grid.cells(lat, lon)) {
            collect(GenericRowData.of(match, cell, home, prior));
            home = false;
        }
    }
}
