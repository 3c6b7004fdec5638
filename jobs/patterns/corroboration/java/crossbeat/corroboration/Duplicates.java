package crossbeat.corroboration;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import java.util.List;
import java.util.stream.Stream;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Pairs of incidents that are probably one, recorded by two districts. Runs once a recipient, on what that recipient may
 * see, and gives the pairs of which it owns one: a row for each that is likely enough, and one for its end.
 */
@DataTypeHint(Finding.ROW)
public class Duplicates extends ProcessTableFunction<Row> {

    /** A state of an incident; the arguments after it are constants of the query, see {@link Likeness}. */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<BIGINT, BYTES>"), ttl = "0 ms") MapView<Long, byte[]> shelves,
            @StateHint(type = @DataTypeHint("MAP<STRING, BIGINT>"), ttl = "0 ms") MapView<String, Long> places,
            @ArgumentHint({SET_SEMANTIC_TABLE, REQUIRE_ON_TIME}) Row incident,
            Double metres,
            Long gapMs,
            Long longestMs,
            Double least,
            Double spreadM,
            Double spreadMs,
            Double agree,
            Double chance,
            Double prior,
            Long keptMs,
            Long toldMs)
            throws Exception {
        Shelf shelf = new Shelf(shelves, places, metres, gapMs, longestMs);
        Sighting now = Sighting.of(incident);
        Sighting known = shelf.get(now.id());
        if (known != null && known.revision() >= now.revision()) {
            return;
        }
        Ageing.watch(context, shelves, now.since(), keptMs, toldMs);
        Likeness likeness = new Likeness(metres, gapMs, spreadM, spreadMs, agree, chance, prior);
        String recipient = incident.getFieldAs("recipient");
        boolean told = known != null && known.told();
        List<Sighting> near = now.stands() ? shelf.near(now) : List.of();
        if (known != null && known.stands()) {
            for (Sighting other : shelf.near(known)) {
                boolean was = pair(recipient, known, other) && likeness.of(known, other) >= least;
                boolean stays = near.contains(other) && likeness.of(now, other) >= least;
                if (was && !stays) {
                    collect(Finding.over(Finding.TWICE, name(known, other), ""));
                }
            }
        }
        for (Sighting other : near) {
            double likely = pair(recipient, now, other) ? likeness.of(now, other) : 0;
            if (likely >= least) {
                List<Sighting> both = Stream.of(now, other).sorted(Sighting.FIRST).toList();
                collect(Finding.twice(name(now, other), both, likely));
                shelf.put(other.in("", true));
                told = true;
            }
        }
        shelf.put(now.in("", told));
        shelf.close();
    }

    public void onTimer(OnTimerContext context, MapView<Long, byte[]> shelves, MapView<String, Long> places)
            throws Exception {
        Ageing.pass(context, shelves, places);
    }

    private static boolean pair(String recipient, Sighting one, Sighting other) {
        return !one.district().equals(other.district())
                && (one.district().equals(recipient) || other.district().equals(recipient));
    }

    private static String name(Sighting one, Sighting other) {
        return one.id().compareTo(other.id()) < 0 ? one.id() + "~" + other.id() : other.id() + "~" + one.id();
    }
}
