package crossbeat.corroboration;

import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction;

/** How the sightings of a recipient go when their time is over: one timer a recipient, each hour of event time. */
final class Ageing {
    private static final long HOUR_MS = 3_600_000;
    private static final byte[] SET = {1};

    private Ageing() {}

    /**
     * Sets the timer where there is none.
     *
     * @param keptMs how long after the clock a sighting may still be met
     * @param toldMs the same for one that an alert rests on, so that a late correction still reaches its readers
     */
    static void watch(
            ProcessTableFunction.Context context, MapView<Long, byte[]> shelves, long since, long keptMs, long toldMs)
            throws Exception {
        if (shelves.get(Shelf.TIMER) == null) {
            shelves.put(Shelf.TIMER, SET);
            // Its name holds what it needs to know after a restart.
            context.timeContext(Long.class).registerOnTime(keptMs + "," + toldMs, since + keptMs + HOUR_MS);
        }
    }

    /** What the timer does. */
    static void pass(
            ProcessTableFunction.OnTimerContext context, MapView<Long, byte[]> shelves, MapView<String, Long> places)
            throws Exception {
        ProcessTableFunction.TimeContext<Long> clock = context.timeContext(Long.class);
        long now = clock.currentWatermark();
        if (now == Long.MAX_VALUE) {
            return; // the end of the input is not the passing of time
        }
        String[] ages = context.currentTimer().split(",");
        if (Shelf.prune(shelves, places, now - Long.parseLong(ages[0]), now - Long.parseLong(ages[1]))) {
            clock.registerOnTime(context.currentTimer(), now + HOUR_MS);
        } else {
            shelves.clear();
            places.clear();
        }
    }
}
