package crossbeat.corroboration;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * One event seen by several sources: sightings of one kind that hang together in space and time. Runs once a recipient,
 * on what that recipient may see.
 *
 * <p>Gives a row for each change of an event: its evidence if it is worth telling, none if it no longer is.
 */
@DataTypeHint(Finding.ROW)
public class Events extends ProcessTableFunction<Row> {

    /** A state of a record; the arguments after it are constants of the query. */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<BIGINT, BYTES>"), ttl = "0 ms") MapView<Long, byte[]> shelves,
            @StateHint(type = @DataTypeHint("MAP<STRING, BIGINT>"), ttl = "0 ms") MapView<String, Long> places,
            @ArgumentHint({SET_SEMANTIC_TABLE, REQUIRE_ON_TIME}) Row sighting,
            Double metres,
            Long gapMs,
            Long longestMs,
            Double least,
            Long keptMs,
            Long toldMs)
            throws Exception {
        Sighting now = Sighting.of(sighting);
        Shelf shelf = new Shelf(shelves, places, metres, gapMs, longestMs);
        Ageing.watch(context, shelves, now.since(), keptMs, toldMs);
        Change.of(now, shelf, least).forEach(this::collect);
        shelf.close();
    }

    public void onTimer(OnTimerContext context, MapView<Long, byte[]> shelves, MapView<String, Long> places)
            throws Exception {
        Ageing.pass(context, shelves, places);
    }
}
