package crossbeat.cluster;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import crossbeat.alert.Alert;
import crossbeat.alert.Tellings;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Clusters of one category at the border of one recipient, by a prospective scan at the end of each step that brought an
 * incident. Runs once a key (recipient, category); its state holds what this recipient may see, and nothing else.
 *
 * <p>An analysis counts what was recorded by the end of its step, in whatever order it arrived: a replay finds the same.
 * What arrives later than the watermark belongs to the next step. What was taken back, moved or hidden is gone at once:
 * no analysis counts it any more, and an alert that rests on it is corrected or cancelled before the next record.
 */
@DataTypeHint(Alert.ROW)
public class BorderCluster extends ProcessTableFunction<Row> {
    static final String INPUT = "ROW<recipient STRING, kind STRING, record_id STRING, revision INT, district STRING,"
            + " recorded_at TIMESTAMP(3), occurred_from TIMESTAMP(3), lat DOUBLE, lon DOUBLE, gone BOOLEAN>";
    private static final String SWEEP = "sweep";

    private transient Settings settings;
    private transient Held held;

    /** An incident that the recipient may see, or no longer; {@code text} holds the settings, see {@link Settings#of}. */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> incidents,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> told,
            @StateHint(ttl = "0 ms") Board board,
            @ArgumentHint(
                            value = {SET_SEMANTIC_TABLE, REQUIRE_ON_TIME},
                            type = @DataTypeHint(value = INPUT, bridgedTo = RowData.class))
                    RowData input,
            String text)
            throws Exception {
        String recipient = input.getString(0).toString();
        if (recipient.isEmpty()) {
            return; // the clock: it only lets time pass
        }
        read(text);
        board.recipient = recipient;
        board.category = input.getString(1).toString();
        board.settings = text;
        TimeContext<Long> clock = context.timeContext(Long.class);
        Long watermark = clock.currentWatermark();
        long recorded = input.getTimestamp(5, 3).getMillisecond();
        // Flink sets no timer for a moment that the watermark has passed.
        long step = settings.stepOf(watermark == null ? recorded : Math.max(recorded, watermark + 1));
        Incident incident = Incident.of(input, step);
        Incident known = Incident.unpack(incidents.get(incident.id()));
        if (known != null && known.revision() >= incident.revision()) {
            return;
        }
        boolean same = known != null && known.sameCase(incident);
        if (same) {
            incident = incident.knownAt(Math.min(step, known.known()));
        }
        held.put(board, incidents, incident);
        clock.registerOnTime(incident.known());
        if (known != null && !same) {
            Telling telling = new Telling(new Tellings<>(told), board, settings, this::collect);
            for (Incident left : corrected(incident.id(), held.all(board, incidents), board, telling)) {
                Incident anew = left.knownAt(Math.max(step, left.known()));
                held.put(board, incidents, anew);
                clock.registerOnTime(anew.known());
            }
        }
    }

    /** The end of a step, or the end of what is kept after the last of them: drops what is too old, and scans. */
    public void onTimer(
            OnTimerContext context, MapView<String, byte[]> incidents, MapView<String, byte[]> told, Board board)
            throws Exception {
        TimeContext<Long> clock = context.timeContext(Long.class);
        Long watermark = clock.currentWatermark();
        if (watermark == null || watermark == Long.MAX_VALUE) {
            return; // the end of a file is not the passing of time
        }
        read(board.settings);
        long now = clock.time();
        held.drop(board, incidents, now - settings.keep(), now);
        clock.registerOnTime(SWEEP, now + settings.keep());
        Telling telling = new Telling(new Tellings<>(told), board, settings, this::collect);
        List<Standing> standing = new ArrayList<>();
        for (Standing one : board.clusters()) {
            if (one.until() > now - settings.baseline()) {
                standing.add(one);
            } else {
                telling.forget(one);
            }
        }
        List<Incident> counted = Analysis.counted(settings, held.all(board, incidents), now);
        if (Analysis.mayStandOut(settings, counted, now)) {
            Analysis analysis = Analysis.of(settings, board, counted, now);
            if (analysis.enough()) {
                scan(analysis, now, board.category, standing, telling);
                analysis.note();
            }
        }
        board.standing = Standing.pack(standing);
    }

    /**
     * Tells of each cluster that stands out and shares nothing with a likelier one. What overlaps a cluster that was told of
     * is that cluster as it is now, and told again only if it says more; or else it is none, for what it holds besides is in
     * a smaller cylinder as well.
     */
    private void scan(Analysis analysis, long now, String category, List<Standing> standing, Telling telling)
            throws Exception {
        Set<String> taken = new HashSet<>();
        for (Cylinder cylinder : analysis.candidates()) {
            List<Incident> members = analysis.members(cylinder);
            List<Standing> overlapped = standing.stream()
                    .filter(one -> !one.over(now, settings) && one.overlaps(members))
                    .toList();
            Standing known = overlapped.isEmpty() ? null : overlapped.get(0);
            boolean strange = overlapped.size() > 1
                    || (known != null && !known.has(members, analysis, now - settings.longest()));
            if (strange || members.stream().anyMatch(one -> taken.contains(one.id()))) {
                continue;
            }
            if (known == null || known.news(members, settings, now)) {
                double recurrence = analysis.recurrence(cylinder.ratio());
                if (recurrence == 0) {
                    return; // nor does any that is less likely stand out
                }
                // Named by its first incident and the analysis that found it: both the same in a replay.
                String identity = known == null ? category + "|" + members.get(0).id() + "|" + now : known.identity();
                Standing found = Standing.of(identity, cylinder, members, settings, now, recurrence);
                telling.tell(found, analysis, false);
                standing.remove(known);
                standing.add(found);
            } else {
                standing.set(standing.indexOf(known), known.seenAt(now));
            }
            members.forEach(one -> taken.add(one.id()));
        }
    }

    /**
     * Sees to the clusters whose alert rests on an incident that was taken back, moved or hidden: would they have been told
     * of, if that had been known? Gives what is left of those that would not: it may be a cluster still, of another shape.
     */
    private List<Incident> corrected(String id, List<Incident> all, Board board, Telling telling) throws Exception {
        List<Standing> standing = new ArrayList<>();
        List<Incident> left = new ArrayList<>();
        for (Standing one : board.clusters()) {
            if (!one.told().contains(id)) {
                standing.add(one);
                continue;
            }
            Analysis then = Analysis.corrected(settings, board, all, one.until());
            double recurrence = then.recurrence(then.ratio(one));
            if (recurrence == 0) {
                telling.cancel(one);
                all.stream().filter(each -> !each.gone() && one.holds(each)).forEach(left::add);
            } else {
                Standing now = one.restingOn(then.members(one), recurrence);
                telling.tell(now, then, true);
                standing.add(now);
            }
        }
        board.standing = Standing.pack(standing);
        return left;
    }

    private void read(String text) {
        if (settings == null) {
            settings = Settings.of(text); // constants of the query
            held = new Held();
        }
    }
}
