package crossbeat.corroboration;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import java.util.ArrayList;
import java.util.List;
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
        Shelf shelf = new Shelf(shelves, places, metres, gapMs, longestMs);
        Sighting now = Sighting.of(sighting);
        Sighting known = shelf.get(now.id());
        if (known != null && known.revision() >= now.revision()) {
            return;
        }
        Ageing.watch(context, shelves, now.since(), keptMs, toldMs);
        Sighting before = known != null && known.stands() ? known : null;
        List<Sighting> touched = before == null ? new ArrayList<>() : shelf.near(before);
        Sighting same = before == null && now.stands() ? saysNothingNew(now, shelf.near(now)) : null;
        if (same != null) {
            shelf.put(now.in(same.label(), same.told()));
        } else {
            Sighting put = before == null ? now : now.in(before.label(), before.told());
            shelf.put(put);
            touched.removeIf(one -> one.id().equals(put.id()));
            if (put.stands()) {
                touched.add(put);
            }
            tell(Event.around(touched, shelf), before, shelf, least);
        }
        shelf.close();
    }

    public void onTimer(OnTimerContext context, MapView<Long, byte[]> shelves, MapView<String, Long> places)
            throws Exception {
        Ageing.pass(context, shelves, places);
    }

    /**
     * One of the near that stands for a new sighting: of the same feed, earlier, as good, and of the only event that is
     * near. Null if there is none. A camera that calls every minute does not have its event worked out anew each time.
     */
    private static Sighting saysNothingNew(Sighting now, List<Sighting> near) {
        if (near.stream().map(Sighting::label).distinct().count() != 1) {
            return null;
        }
        return near.stream()
                .filter(one -> one.feed().equals(now.feed())
                        && one.weight() >= now.weight()
                        && Sighting.FIRST.compare(one, now) < 0)
                .findFirst()
                .orElse(null);
    }

    private void tell(List<Event> events, Sighting before, Shelf shelf, double least) throws Exception {
        Names names = new Names(events, before, least);
        names.ended().forEach((label, next) -> collect(Finding.over(Finding.EVENT, label, next)));
        for (Event event : events) {
            String name = names.of(event);
            boolean worth = event.corroborated(least);
            if (worth) {
                collect(Finding.event(name, event));
            } else if (event.told(name)) {
                collect(Finding.over(Finding.EVENT, name, ""));
            }
            for (Sighting member : event.members()) {
                if (!member.label().equals(name) || member.told() != worth) {
                    shelf.put(member.in(name, worth));
                }
            }
        }
    }
}
