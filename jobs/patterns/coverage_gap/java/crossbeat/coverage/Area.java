package crossbeat.coverage;

import crossbeat.geo.Sphere;
import crossbeat.state.Packed;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** What is known of one area of a district: its duties, the visits to it, and the gap that was told of and stands. */
final class Area {
    static final long NONE = Long.MIN_VALUE;
    private static final String CHECKPOINT = "checkpoint";

    final String name;
    String kind = "";
    List<Long> cells = new ArrayList<>();
    List<Duty> duties = new ArrayList<>();
    List<Visit> visits = new ArrayList<>();
    /** Where its visits were, once there was one. */
    double lat = Double.NaN;

    double lon = Double.NaN;
    /** Whether the recipient is its owner or lies within reach of it. */
    boolean near;
    /** When the gap that stands began, and when it became one. */
    long gapFrom = NONE;

    long gapAt = NONE;
    /** Ids of the visits with whose end the gap that stands began; none where it began with a duty or a rule. */
    List<String> gapAfter = new ArrayList<>();
    /** Until when all has been judged and told. */
    long judgedTo = NONE;

    Area(String name) {
        this.name = name;
    }

    /** A stretch of time in which duties follow each other without a break. */
    record Span(long from, long to) {}

    boolean standing() {
        return gapFrom != NONE;
    }

    boolean placed() {
        return !Double.isNaN(lat);
    }

    /** Takes a duty's revision. */
    void take(Duty duty) {
        Duty known = duties.stream().filter(one -> one.id().equals(duty.id())).findFirst().orElse(null);
        if (known == null || known.revision() < duty.revision()) {
            duties.remove(known);
            duties.add(duty);
        }
    }

    /** Takes a visit's revision. */
    void take(Visit visit) {
        if (replace(visits, visit) && !visit.gone()) {
            lat = visit.lat();
            lon = visit.lon();
        }
    }

    /** Loses a visit by a later revision: it stays, gone, for what was told may rest on it. */
    void lose(Visit by) {
        visits.replaceAll(visit -> visit.id().equals(by.id()) && visit.revision() < by.revision() ? visit.lost(by) : visit);
    }

    /** Loses a duty by a later revision. */
    void lose(Duty by) {
        duties.removeIf(duty -> duty.id().equals(by.id()) && duty.revision() < by.revision());
    }

    /** Whether all visits with which the standing gap began are gone: then it began earlier. */
    boolean unfounded(List<Visit> neighbours) {
        return !gapAfter.isEmpty()
                && gapAfter.stream().allMatch(id -> Stream.concat(visits.stream(), neighbours.stream())
                        .anyMatch(visit -> visit.gone() && visit.id().equals(id)));
    }

    /** Puts a visit among others in the place of an earlier revision; false if that one, or a later, is there. */
    static boolean replace(List<Visit> among, Visit visit) {
        for (int at = 0; at < among.size(); at++) { // once a visit: no stream
            Visit known = among.get(at);
            if (known.id().equals(visit.id())) {
                if (known.revision() >= visit.revision()) {
                    return false;
                }
                among.remove(at);
                break;
            }
        }
        among.add(visit);
        return true;
    }

    /** The visits that count here, earliest first: its own, and those of neighbours in its cells at the same place. */
    List<Visit> came(List<Visit> neighbours, double nearM) {
        return Stream.concat(visits.stream(), neighbours.stream().filter(visit -> here(visit, nearM)))
                .filter(visit -> !visit.gone())
                .sorted(Visit.BY_TIME)
                .toList();
    }

    private boolean here(Visit visit, double nearM) {
        return !kind.equals(CHECKPOINT) || !placed() || Sphere.metres(lat, lon, visit.lat(), visit.lon()) <= nearM;
    }

    /** The rule that holds at a moment: the first for its kind and hour for which a duty of the group stands; null if none. */
    Rule rule(long at, Settings settings) {
        int hour = settings.hour(at);
        for (Rule rule : settings.rules()) { // asked for each visit that is looked at: no stream
            if (rule.concerns(kind) && rule.at(hour)) {
                for (Duty duty : duties) {
                    if (duty.stands(at) && rule.covers(duty.group())) {
                        return rule;
                    }
                }
            }
        }
        return null;
    }

    /** When duties that have a rule stood or will stand, earliest first, joined where one follows another. */
    List<Span> spans(Settings settings) {
        List<Span> spans = new ArrayList<>();
        duties.stream()
                .filter(duty -> settings.rules().stream().anyMatch(rule -> rule.concerns(kind) && rule.covers(duty.group())))
                .sorted(Comparator.comparingLong(Duty::from))
                .forEach(duty -> {
                    Span last = spans.isEmpty() ? null : spans.get(spans.size() - 1);
                    if (last != null && duty.from() <= last.to) {
                        spans.set(spans.size() - 1, new Span(last.from, Math.max(last.to, duty.to())));
                    } else {
                        spans.add(new Span(duty.from(), duty.to()));
                    }
                });
        return spans;
    }

    /** Lets go of what ended before a moment, but for what a standing gap began with; gives the ids of what went. */
    List<String> forget(long before) {
        long since = standing() ? Math.min(before, gapFrom) : before;
        List<String> gone = new ArrayList<>();
        visits.stream().filter(visit -> visit.to() < since).forEach(visit -> gone.add(visit.id()));
        duties.stream().filter(duty -> duty.to() < since).forEach(duty -> gone.add(duty.id()));
        visits.removeIf(visit -> visit.to() < since);
        duties.removeIf(duty -> duty.to() < since);
        return gone;
    }

    byte[] pack() {
        return Packed.pack(List.of(this), Area::write);
    }

    static Area unpack(String name, byte[] packed) {
        return packed == null ? new Area(name) : Packed.unpack(packed, Area::read).get(0);
    }

    private static void write(Area area, Packed.Out out) {
        out.text(area.name).text(area.kind).real(area.lat).real(area.lon).number(area.near ? 1 : 0);
        out.number(area.gapFrom).number(area.gapAt).number(area.judgedTo);
        out.texts(area.gapAfter);
        out.number(area.cells.size());
        area.cells.forEach(out::number);
        out.number(area.duties.size());
        area.duties.forEach(duty -> Duty.write(duty, out));
        out.number(area.visits.size());
        area.visits.forEach(visit -> Visit.write(visit, out));
    }

    private static Area read(Packed.In in) {
        Area area = new Area(in.text());
        area.kind = in.text();
        area.lat = in.real();
        area.lon = in.real();
        area.near = in.number() == 1;
        area.gapFrom = in.number();
        area.gapAt = in.number();
        area.judgedTo = in.number();
        area.gapAfter = in.texts();
        for (long left = in.number(); left > 0; left--) {
            area.cells.add(in.number());
        }
        for (long left = in.number(); left > 0; left--) {
            area.duties.add(Duty.read(in));
        }
        for (long left = in.number(); left > 0; left--) {
            area.visits.add(Visit.read(in));
        }
        return area;
    }
}
