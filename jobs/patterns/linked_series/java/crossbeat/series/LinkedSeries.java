package crossbeat.series;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import crossbeat.alert.Alert;
import crossbeat.alert.Tellings;
import crossbeat.geo.Grid;
import crossbeat.linkage.Likeness;
import crossbeat.linkage.Weights;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.FunctionContext;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Series of incidents that one hand may have done, for one recipient and category: an incident is linked to those near
 * it that it is like, and the series around it are told of, anew or as they are now.
 *
 * <p>What is found depends on which incidents there are, not on the order in which they came: each change has the series
 * around it worked out anew from the links ({@link Clusters}).
 */
@DataTypeHint(LinkedSeries.ROW)
public class LinkedSeries extends ProcessTableFunction<Row> {
    /** An alert, and what the row of its series says that the alert does not. */
    static final String ROW = "ROW<" + Alert.COLUMNS + ", series_id STRING NOT NULL, revision INT NOT NULL,"
            + " replaces ARRAY<STRING NOT NULL> NOT NULL, replaced_by STRING>";

    private static final long DAY_MS = 86_400_000;
    /** How often old incidents are looked for, in days of event time: each look reads all that a key holds. */
    private static final long SWEEP_DAYS = 7;

    /** Until when a key was swept, in sweeps since 1970. */
    public static class Swept {
        public long number;
    }

    private transient Likeness likeness;
    private transient Grid grid;

    @Override
    public void open(FunctionContext context) {
        likeness = new Likeness(Weights.shipped());
    }

    /**
     * One incident, or that it is gone.
     *
     * @param reachM greatest length of a link, in metres
     * @param days greatest time between its ends
     * @param leastScore least log odds that one hand did both
     * @param leastStrength least log odds of all the links that hold a series together
     * @param leastIncidents fewest incidents of a series
     * @param keepDays how long after it happened an incident stays, if it is in no series that goes on
     */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> incidents,
            @StateHint(type = @DataTypeHint("MAP<BIGINT, BYTES>"), ttl = "0 ms") MapView<Long, byte[]> cells,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> series,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> told,
            @StateHint(ttl = "0 ms") Swept swept,
            @ArgumentHint({SET_SEMANTIC_TABLE, REQUIRE_ON_TIME}) Row input,
            Double reachM,
            Double days,
            Double leastScore,
            Double leastStrength,
            Integer leastIncidents,
            Double keepDays)
            throws Exception {
        if (grid == null) {
            grid = new Grid(reachM, reachM); // constants of the query
        }
        Store store = new Store(incidents, cells, series, new Tellings<>(told), grid);
        sweep(store, swept, context.timeContext(Long.class).currentWatermark(), keepDays);
        Node node = Node.of(input, input.getFieldAs("gone"));
        Node known = store.get(node.id);
        if (known != null && known.revision >= node.revision) {
            return;
        }
        if (known != null && known.says(node)) {
            store.put(known.as(node));
            return;
        }
        Set<String> touched = new TreeSet<>();
        Set<String> identities = new TreeSet<>();
        if (known != null && known.deed != null) {
            store.detach(known);
            touched.addAll(known.links.keySet());
            identities.add(known.series);
        }
        if (node.deed == null) {
            store.put(node); // remembered, for an older revision may come again
        } else {
            store.add(node, likeness, reachM, Math.round(days * DAY_MS), leastScore);
            touched.add(node.id);
        }
        Rule rule = new Rule(leastStrength, leastIncidents, Math.round(days * DAY_MS));
        String recipient = input.getFieldAs("recipient");
        new Settling(store, rule, likeness, recipient, input.getFieldAs("kind"), this::collect).around(touched, identities);
    }

    private static void sweep(Store store, Swept swept, Long watermark, double keepDays) throws Exception {
        if (watermark == null || watermark == Long.MAX_VALUE) {
            return;
        }
        long number = Math.floorDiv(watermark, SWEEP_DAYS * DAY_MS);
        if (number > swept.number) {
            swept.number = number;
            store.sweep(watermark - Math.round(keepDays * DAY_MS));
        }
    }
}
