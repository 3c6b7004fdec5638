package crossbeat.coverage;

import crossbeat.alert.Alert;
import crossbeat.alert.Told;
import crossbeat.state.Packed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.types.Row;

/** One look at the state of a district: takes in what came, judges the areas that it touches, and tells. */
final class Desk {
    static final String FEED = "feed";
    private static final String PATTERN = "coverage_gap";
    private static final String STRANGERS = "strangers";
    private static final String AREA = "area ";
    /** By record id, the area that its newest revision named: what replaces it may name another, or none. */
    private static final String RECORD = "record ";

    private final MapView<String, byte[]> known;
    private final MapView<String, Told> told;
    private final Settings settings;
    private final long horizon;
    private long now;
    private final BiConsumer<String, Long> timer;
    private final Consumer<Row> out;
    /** When areas are to be looked at again within this look: Flink sets no timer for what is past. */
    private final Map<String, Long> again = new TreeMap<>();

    private List<Visit> strangers;
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
            MapView<String, Told> told,
            Settings settings,
            long now,
            long horizon,
            BiConsumer<String, Long> timer,
            Consumer<Row> out) {
        this.known = known;
        this.told = told;
        this.settings = settings;
        this.now = now;
        this.horizon = horizon;
        this.timer = timer;
        this.out = out;
    }

    void open() throws Exception {
        feed = Feed.unpack(known.get(FEED));
    }

    /** Those of neighbours at the border; read when they are asked for first, for most records concern no area. */
    private List<Visit> strangers() throws Exception {
        if (strangers == null) {
            strangers = Packed.unpack(known.get(STRANGERS), Visit::read);
        }
        return strangers;
    }

    void close() throws Exception {
        while (!again.isEmpty()) {
            String name = Collections.min(again.entrySet(), Map.Entry.comparingByValue()).getKey();
            now = again.remove(name);
            judge(area(name));
        }
        known.put(FEED, feed.pack());
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
            area.near |= feed.recipient.equals(feed.district);
            area.take(duty);
            judge(area);
        }
    }

    void visit(String name, Visit visit) throws Exception {
        String before = named(visit.id(), name, visit.gone());
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

    /** A visit of a neighbour at the border. An area that no alert stands for meets it when its own timer is due. */
    void stranger(Visit visit) throws Exception {
        List<Visit> strangers = strangers();
        Area.replace(strangers, visit);
        strangers.removeIf(one -> now != Area.NONE && one.to() < now - settings.keepMs());
        byte[] packed = Packed.pack(strangers, Visit::write);
        if (packed != null) {
            known.put(STRANGERS, packed);
        }
        for (String name : List.copyOf(feed.standing)) {
            judge(area(name));
        }
    }

    /** A sign of life of the feed. */
    void heard(Visit visit) {
        feed.heard(visit, now, settings);
    }

    /** Areas that waited for the feed to speak are looked at again. */
    void wake() throws Exception {
        List<String> waiting = List.copyOf(feed.waiting);
        feed.waiting.clear();
        for (String name : waiting) {
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
        List<Visit> came = area.came(strangers(), settings.nearM());
        while (!area.standing() || ended(area, came)) {
            if (!next(area, came)) {
                break;
            }
        }
        feed.stands(area);
        known.put(AREA + area.name, area.pack());
    }

    /** Tells of the next gap that is due; false if there is none yet, then a timer is set or the area waits for the feed. */
    private boolean next(Area area, List<Visit> came) throws Exception {
        if (!area.near) {
            return false;
        }
        if (feed.first == Area.NONE) {
            feed.wait(area.name);
            return false;
        }
        if (now == Area.NONE) {
            // As long as no time has come from all feeds nothing can be due; the first that comes finds what is.
            later(area, Math.max(feed.first, area.judgedTo));
            return false;
        }
        long kept = now - settings.keepMs();
        Judge judge = new Judge(area, came, settings, at -> Demand.of(known, area.cells, at, settings));
        Gap gap = judge.after(Math.max(Math.max(feed.first, kept), area.judgedTo), now);
        if (gap == null) {
            if (judge.next != Area.NONE) {
                later(area, judge.next);
            }
            return false;
        }
        if (now < feed.settleUntil) {
            later(area, feed.settleUntil);
            return false;
        }
        if (!feed.aliveAt(gap.at(), settings)) {
            feed.wait(area.name);
            return false;
        }
        raise(area, gap, judge.weak(gap));
        return true;
    }

    private void raise(Area area, Gap gap, long weak) throws Exception {
        area.gapFrom = gap.from();
        area.gapAt = gap.at();
        Told one = new Told();
        Alert alert = one.next(PATTERN, key(area), feed.recipient, Long.toString(gap.from()));
        List<String> evidence = new ArrayList<>();
        area.duties.stream().filter(duty -> duty.stands(gap.from())).forEach(duty -> evidence.add(duty.id()));
        Stream.concat(area.visits.stream(), strangers().stream())
                .filter(visit -> !visit.gone() && visit.to() == gap.from())
                .forEach(visit -> evidence.add(visit.id()));
        alert.headline(Wording.headline(area, gap, feed))
                .description(Wording.description(area, gap, feed, weak, settings))
                .evidence(evidence)
                .districts(List.of(feed.district))
                .place(area.placed() ? area.lat : feed.lat, area.placed() ? area.lon : feed.lon, settings.nearM())
                .times(gap.from(), gap.at())
                .score(score(gap))
                .expires(gap.at() + settings.standsMs());
        out.accept(alert.row());
        told.put(area.name, one);
    }

    /** Ends the alert that stands where there is a reason; true if none stands any more. */
    private boolean ended(Area area, List<Visit> came) throws Exception {
        Visit end = new Judge(area, came, settings, at -> 0).endOf(area.gapFrom);
        Area.Span span = area.spans(settings).stream()
                .filter(one -> one.from() <= area.gapFrom && area.gapFrom < one.to())
                .findFirst()
                .orElse(null);
        if (area.unfounded()) {
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
        Told one = told.get(area.name);
        Alert alert = one == null ? null : one.next(PATTERN, key(area), feed.recipient, null);
        if (alert != null) {
            if (why != null) {
                alert.headline(Wording.ended(area, feed)).description(why);
            }
            out.accept(alert.row());
        }
        told.remove(area.name);
        area.judgedTo = judgedTo;
        area.gapFrom = Area.NONE;
        area.gapAt = Area.NONE;
    }

    /** Hours without a visit when it was told, more where more happens: doubled by one incident, tripled by three. */
    private static double score(Gap gap) {
        double hours = (gap.at() - gap.from()) / Settings.HOUR_MS;
        return Math.round(10 * hours * (1 + Math.log(1 + gap.incidents()) / Math.log(2))) / 10.0;
    }

    private String key(Area area) {
        return feed.district + "|" + area.name + "|" + area.gapFrom;
    }

    /** Has an area looked at again at a moment after this one. */
    private void later(Area area, long at) {
        if (at > horizon) {
            timer.accept(area.name, at);
        } else {
            again.put(area.name, at);
        }
    }

    private Area area(String name) throws Exception {
        return Area.unpack(name, known.get(AREA + name));
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
