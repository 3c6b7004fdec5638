package crossbeat.geo;

import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.TableFunction;

/**
 * SQL: {@code LATERAL TABLE(cells(lat, lon, cell_m, reach_m)) AS c(cell, home)}. One row for each cell that a record must
 * come to, see {@link Grid}; {@code home} is true for the cell that the record lies in.
 */
@FunctionHint(output = @DataTypeHint(value = "ROW<cell BIGINT NOT NULL, home BOOLEAN NOT NULL>", bridgedTo = RowData.class))
public class Cells extends TableFunction<RowData> {
    private transient Grid grid;

    /** Emits the cells of one point. */
    public void eval(double lat, double lon, double cellM, double reachM) {
        if (grid == null) {
            grid = new Grid(cellM, reachM); // the sizes are constants of the query
        }
        boolean home = true;
        for (long cell : grid.cells(lat, lon)) {
            collect(GenericRowData.of(cell, home));
            home = false;
        }
    }
}
