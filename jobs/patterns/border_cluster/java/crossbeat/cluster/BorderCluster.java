package crossbeat.cluster;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import crossbeat.alert.Alert;
import crossbeat.alert.Told;
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
 * What arrives later than the watermark belongs to the next step. A removal is seen to at once.
 */
@DataTypeHint(Alert.ROW)
public class BorderCluster extends ProcessTableFunction<Row> {
    static final String INPUT = "ROW<recipient STRING, kind STRING, record_id STRING, revision INT, district STRING,"
            + " recorded_at TIMESTAMP(3), occurred_from TIMESTAMP(3), lat DOUBLE, lon DOUBLE, gone BOOLEAN>";
    private static final String SWEEP = "sweep";

    private transient Settings settings;

    /** An incident that the recipient may see, or no longer; {@code text} holds the settings, see {@link Settings#of}. */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> incidents,
            @StateHint(ttl = "0 ms") MapView<String, Told> told,
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
        long step = settings.stepOf(watermark == null ? recorded : Math.max(recorded, watermark + 1));
        Incident incident = Incident.of(input, step);
        Incident known = Incident.unpack(incidents.get(incident.id()));
        if (known != null && known.revision() >= incident.revision()) {
            return;
        }
        if (known != null && known.sameCase(incident)) {
            incident = incident.knownAt(Math.min(step, known.known()));
        }
        incidents.put(incident.id(), incident.pack());
        clock.registerOnTime(incident.known());
        if (known != null && !known.sameCase(incident)) {
            corrected(incident.id(), load(incidents), board, new Telling(told, board, settings));
        }
    }

    /** The end of a step, or the end of a baseline after the last of them: drops what is too old, and scans. */
    public void onTimer(
            OnTimerContext context, MapView<String, byte[]> incidents, MapView<String, Told> told, Board board)
            throws Exception {
        TimeContext<Long> clock = context.timeContext(Long.class);
        Long watermark = clock.currentWatermark();
        if (watermark == null || watermark == Long.MAX_VALUE) {
            return; // the end of a file is not the passing of time
        }
        read(board.settings);
        long now = clock.time();
        List<Incident> all = load(incidents);
        for (Incident one : all) {
            if (one.at() <= now - settings.baseline() && one.known() <= now) {
                incidents.remove(one.id());
            }
        }
        clock.registerOnTime(SWEEP, now + settings.baseline());
        Telling telling = new Telling(told, board, settings);
        List<Standing> standing = new ArrayList<>();
        for (Standing one : board.clusters()) {
            if (one.seen() > now - settings.longest()) {
                standing.add(one);
            } else {
                telling.forget(one);
            }
        }
        List<Incident> counted = Analysis.counted(all, settings, now, now);
        if (!counted.isEmpty() && now - counted.get(0).at() >= settings.least()) {
            scan(new Analysis(settings, board, counted, now), now, standing, telling);
        }
        board.standing = Standing.pack(standing);
    }

    /**
     * Tells of each cluster that stands out and shares nothing with a likelier one. One that shares something with a
     * standing cluster is that cluster: it is told again only when it has grown by much or reached another district.
     */
    private void scan(Analysis analysis, long now, List<Standing> standing, Telling telling) throws Exception {
        Set<String> taken = new HashSet<>();
        Chance chance = null;
        for (Cylinder cylinder : analysis.candidates()) {
            List<Incident> members = analysis.members(cylinder);
            if (members.stream().anyMatch(one -> taken.contains(one.id()))) {
                continue;
            }
            int same = find(standing, members);
            if (same >= 0 && !news(standing.get(same), members)) {
                standing.set(same, standing.get(same).absorbing(members, now));
                members.forEach(one -> taken.add(one.id()));
                continue;
            }
            chance = chance == null ? analysis.chance() : chance;
            Standing found = analysis.standing(cylinder, members, chance, same < 0 ? null : standing.get(same));
            if (found == null) {
                return; // nor does any that is less likely
            }
            members.forEach(one -> taken.add(one.id()));
            say(telling.tell(found, members, analysis.incidents, false));
            if (same < 0) {
                standing.add(found);
            } else {
                standing.set(same, found);
            }
        }
    }

    /** Sees to the clusters whose alert rests on an incident that was taken back, moved or hidden. */
    private void corrected(String id, List<Incident> all, Board board, Telling telling) throws Exception {
        List<Standing> left = new ArrayList<>();
        for (Standing one : board.clusters()) {
            if (!one.told().contains(id)) {
                left.add(one);
                continue;
            }
            List<Incident> counted = Analysis.counted(all, settings, one.until(), Long.MAX_VALUE);
            if (Analysis.ratio(one, settings, board.recipient, counted) < one.least()) {
                say(telling.cancel(one));
                continue;
            }
            List<Incident> members = counted.stream().filter(one::holds).toList();
            say(telling.tell(one, members, counted, true));
            left.add(one.restingOn(members));
        }
        board.standing = Standing.pack(left);
    }

    private boolean news(Standing known, List<Incident> members) {
        Set<String> districts = new HashSet<>(known.districts());
        return members.size() >= settings.growth() * known.told().size()
                || members.stream().anyMatch(one -> !districts.contains(one.district()));
    }

    private static int find(List<Standing> standing, List<Incident> members) {
        for (int i = 0; i < standing.size(); i++) {
            if (standing.get(i).shares(members)) {
                return i;
            }
        }
        return -1;
    }

    private static List<Incident> load(MapView<String, byte[]> incidents) throws Exception {
        List<Incident> all = new ArrayList<>();
        for (byte[] packed : incidents.values()) {
            all.add(Incident.unpack(packed));
        }
        return all;
    }

    private void read(String text) {
        if (settings == null) {
            settings = Settings.of(text); // constants of the query
        }
    }

    private void say(Row row) {
        if (row != null) {
            collect(row);
        }
    }
}
