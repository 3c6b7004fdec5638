package crossbeat.coverage;

import crossbeat.alert.Alert;
import crossbeat.alert.Tellings;
import crossbeat.alert.Told;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.types.Row;

/** One look at the state of a district: takes in what came, judges the areas that it touches, and tells. */
final class Desk {
    private static final String PATTERN = "coverage_gap";
    private static final String FEED = "feed";
    /** The settings, for timers; apart from the feed, which is written for each record. */
    private static final String TEXT = "text";
    private static final String AREA = "area ";
    /** By area, what came since it was judged; see {@link Fresh}. */
    private static final String FRESH = "fresh ";
    /** By record id, the area that its newest revision named: what replaces it may name another, or none. */
    private static final String RECORD = "record ";

    private final MapView<String, byte[]> known;
    private final Tellings<String> told;
    private final Settings settings;
    private final long horizon;
    private long now;
    private final BiConsumer<String, Long> timer;
    private final Consumer<Row> out;
    /** When areas are to be looked at again within this look: Flink sets no timer for what is past. */
    private final Map<String, Long> again = new TreeMap<>();

    private final Neighbours neighbours;
    /** When the area that is being judged is looked at next, if nothing comes. */
    private long due;

    private byte[] unpacked;
    Feed feed;

    /**
     * A look.
     *
     * @param now what is judged by, milliseconds UTC: the time of all feeds, {@link Area#NONE} if there is none yet
     * @param horizon the time of all feeds, which may have leapt beyond that
     * @param timer sets the timer of an area
     * @param out takes what is told
     */
    Desk(
            MapView<String, byte[]> known,
            Tellings<String> told,
            Settings settings,
            long now,
            long horizon,
            BiConsumer<String, Long> timer,
            Consumer<Row> out) {
        this.known = known;
        this.neighbours = new Neighbours(known);
        this.told = told;
        this.settings = settings;
        this.now = now;
        this.horizon = horizon;
        this.timer = timer;
        this.out = out;
    }

    void open() throws Exception {
        unpacked = known.get(FEED);
        feed = Feed.unpack(unpacked);
    }

    /** Keeps the settings for the timers. */
    void remember() throws Exception {
        if (!Arrays.equals(settings.bytes(), known.get(TEXT))) {
            known.put(TEXT, settings.bytes());
        }
    }

    /** The settings by which the last record was looked at. */
    static String text(MapView<String, byte[]> known) throws Exception {
        return new String(known.get(TEXT), StandardCharsets.UTF_8);
    }

    void close() throws Exception {
        while (!again.isEmpty()) {
            String name = Collections.min(again.entrySet(), Map.Entry.comparingByValue()).getKey();
            now = again.remove(name);
            judge(area(name));
        }
        byte[] packed = feed.pack();
        if (packed != unpacked) {
            known.put(FEED, packed);
        }
    }

    void duty(String name, String kind, List<Long> cells, Duty duty) throws Exception {
        String before = named(duty.id(), name, duty.gone());
        if (before != null && (duty.gone() || !before.equals(name))) {
            Area left = area(before);
            left.lose(duty);
            judge(left);
        }
        if (!duty.gone()) {
            Area area = area(name);
            area.kind = kind;
            area.cells = cells;
            area.near |= feed.recipient().equals(feed.district());
            area.take(duty);
            byte[] fresh = known.get(FRESH + name);
            if (before == null && now != Area.NONE && duty.from() > now && Fresh.looksBy(fresh, duty.from() + settings.reportMs())) {
                known.put(AREA + name, area.pack());
                known.put(FRESH + name, Fresh.planned(fresh, area.spans(settings)));
            } else {
                judge(area);
            }
        }
    }

    /** A visit of the district that does not concern the recipient: its feed speaks. */
    void life(long from, long to, double lat, double lon) throws Exception {
        feed.heard(from, to, lat, lon, now, settings);
        wake();
    }

    /** A visit of the district, to an area or to none ({@code null}); or a neighbour's, at the border. */
    void visit(String name, Visit visit) throws Exception {
        if (!visit.district().equals(feed.district())) {
            neighbour(visit);
            return;
        }
        boolean earlier = !visit.gone()
                && feed.heard(visit.from(), visit.to(), visit.lat(), visit.lon(), now, settings);
        if (name != null) {
            visit(name, visit, earlier);
        }
        wake();
    }

    /** A visit to an area of the district; {@code earlier} if the feed was not heard of such a time before. */
    private void visit(String name, Visit visit, boolean earlier) throws Exception {
        String before = named(visit.id(), name, visit.gone());
        if (before == null && !visit.gone() && !earlier) {
            byte[] fresh = Fresh.with(known.get(FRESH + name), visit, settings);
            if (fresh != null) {
                known.put(FRESH + name, fresh);
                return;
            }
        }
        if (before != null && (visit.gone() || !before.equals(name))) {
            Area left = area(before);
            left.lose(visit);
            judge(left);
        }
        if (!visit.gone()) {
            Area area = area(name);
            area.near = true;
            area.take(visit);
            judge(area);
        }
    }

    /**
     * A visit of a neighbour at the border. An area that no alert stands for meets it at its own next look, if it is a new one:
     * it only puts off what is due, but where it begins under the shorter wait of another hour.
     */
    private void neighbour(Visit visit) throws Exception {
        List<Long> changed = neighbours.take(visit, now == Area.NONE ? Area.NONE : now - settings.keepMs());
        List<Long> cells = changed.isEmpty() ? List.of(visit.cell()) : changed;
        for (String name : changed.isEmpty() ? feed.standing() : names()) {
            Area area = area(name);
            if (!Collections.disjoint(area.cells, cells)) {
                judge(area);
            }
        }
    }

    /** Of all areas, in order. */
    private List<String> names() throws Exception {
        List<String> found = new ArrayList<>();
        for (String key : known.keys()) {
            if (key.startsWith(AREA)) {
                found.add(key.substring(AREA.length()));
            }
        }
        Collections.sort(found);
        return found;
    }

    /** Areas that waited for the feed to speak are looked at again. */
    private void wake() throws Exception {
        for (String name : feed.woken()) {
            judge(area(name));
        }
    }

    void look(String name) throws Exception {
        judge(area(name));
    }

    private void judge(Area area) throws Exception {
        if (now != Area.NONE) {
            for (String id : area.forget(now - settings.keepMs())) {
                known.remove(RECORD + id);
            }
        }
        if (!area.near) { // the recipient is told nothing of it: no visit of it comes here
            known.put(AREA + area.name, area.pack());
            return;
        }
        List<Visit> beside = neighbours.in(area.cells);
        List<Visit> came = area.came(beside, settings.nearM());
        due = Area.NONE;
        while (!area.standing() || ended(area, came, beside)) {
            if (!next(area, came)) {
                break;
            }
        }
        feed.stands(area);
        known.put(AREA + area.name, area.pack());
        // What stands or waits is to be looked at whenever something comes.
        if (!area.standing() && !feed.waits(area.name)) {
            known.put(FRESH + area.name, Fresh.none(due, area.spans(settings)));
        } else {
            known.remove(FRESH + area.name);
        }
    }

    /** Tells of the next gap that is due; false if there is none yet, then a timer is set or the area waits for the feed. */
    private boolean next(Area area, List<Visit> came) throws Exception {
        if (feed.first() == Area.NONE) {
            feed.wait(area.name);
            return false;
        }
        if (now == Area.NONE) {
            // As long as no time has come from all feeds nothing can be due; the first that comes finds what is.
            later(area, Math.max(feed.first(), area.judgedTo));
            return false;
        }
        Judge judge = new Judge(area, came, settings, at -> Demand.of(known, area.cells, at, settings));
        Gap gap = judge.after(Math.max(feed.first(), area.judgedTo), now - settings.keepMs(), now);
        if (gap == null) {
            if (judge.next != Area.NONE) {
                later(area, judge.next);
            }
            return false;
        }
        if (now < feed.settleUntil()) {
            later(area, feed.settleUntil());
            return false;
        }
        if (!feed.aliveAt(gap.at(), settings)) {
            feed.wait(area.name);
            return false;
        }
        raise(area, came, gap, judge.weak(gap));
        return true;
    }

    private void raise(Area area, List<Visit> came, Gap gap, long weak) throws Exception {
        area.gapFrom = gap.from();
        area.gapAt = gap.at();
        area.gapAfter = came.stream().filter(visit -> visit.to() == gap.from()).map(Visit::id).toList();
        Told one = new Told();
        Alert alert = one.next(PATTERN, key(area), feed.recipient(), Long.toString(gap.from()));
        List<String> evidence = new ArrayList<>();
        area.duties.stream().filter(duty -> duty.stands(gap.from())).forEach(duty -> evidence.add(duty.id()));
        evidence.addAll(area.gapAfter);
        alert.headline(Wording.headline(area, gap, feed))
                .description(Wording.description(area, gap, feed, weak, settings))
                .evidence(evidence)
                .districts(List.of(feed.district()))
                .place(area.placed() ? area.lat : feed.lat(), area.placed() ? area.lon : feed.lon(), settings.nearM())
                .times(gap.from(), gap.at())
                .score(score(gap))
                .expires(gap.at() + settings.standsMs());
        out.accept(alert.row());
        told.keep(area.name, one);
    }

    /** Ends the alert that stands where there is a reason; true if none stands any more. */
    private boolean ended(Area area, List<Visit> came, List<Visit> beside) throws Exception {
        Visit end = new Judge(area, came, settings, at -> 0).endOf(area.gapFrom);
        Area.Span span = area.spans(settings).stream()
                .filter(one -> one.from() <= area.gapFrom && area.gapFrom < one.to())
                .findFirst()
                .orElse(null);
        if (area.unfounded(beside)) {
            cancel(area, null, area.judgedTo);
        } else if (end != null) {
            cancel(area, Wording.visited(end, area.gapFrom, area.gapAt), end.from());
        } else if (span == null) {
            cancel(area, Wording.UNPLANNED, area.gapFrom);
        } else if (now != Area.NONE && now >= span.to() + settings.reportMs()) {
            cancel(area, Wording.over(span.to()), span.to());
        } else {
            later(area, span.to() + settings.reportMs());
        }
        return !area.standing();
    }

    /** Takes back what stands; {@code why} is null where its evidence is withdrawn. */
    private void cancel(Area area, String why, long judgedTo) throws Exception {
        Alert alert = told.of(area.name).next(PATTERN, key(area), feed.recipient(), null);
        if (alert != null) {
            if (why != null) {
                alert.headline(Wording.ended(area, feed)).description(why);
            }
            out.accept(alert.row());
        }
        told.forget(area.name);
        area.judgedTo = judgedTo;
        area.gapFrom = Area.NONE;
        area.gapAt = Area.NONE;
        area.gapAfter = List.of();
    }

    /** Hours without a visit when it was told, more where more happens: doubled by one incident, tripled by three. */
    private static double score(Gap gap) {
        double hours = (gap.at() - gap.from()) / Settings.HOUR_MS;
        return Math.round(10 * hours * (1 + Math.log(1 + gap.incidents()) / Math.log(2))) / 10.0;
    }

    private String key(Area area) {
        return feed.district() + "|" + area.name + "|" + area.gapFrom;
    }

    /** Has an area looked at again at a moment after this one. */
    private void later(Area area, long at) {
        due = at;
        if (at > horizon) {
            timer.accept(area.name, at);
        } else {
            again.put(area.name, at);
        }
    }

    private Area area(String name) throws Exception {
        Area area = Area.unpack(name, known.get(AREA + name));
        Fresh.visits(known.get(FRESH + name)).forEach(area::take);
        return area;
    }

    /** The area that a record named before, or null; remembers which one it names now. */
    private String named(String id, String name, boolean gone) throws Exception {
        byte[] before = known.get(RECORD + id);
        if (!gone) {
            known.put(RECORD + id, name.getBytes(StandardCharsets.UTF_8));
        }
        return before == null ? null : new String(before, StandardCharsets.UTF_8);
    }
}
