package crossbeat.coverage;

import java.util.List;

/**
 * Finds the next gap of an area by its duties and visits alone: whatever came first, the outcome is the same.
 *
 * <p>From the end of one visit that meets the rule to the beginning of the next may pass no more than the rule allows;
 * before the first visit, from the beginning of the duty.
 */
final class Judge {
    private final Area area;
    private final Settings settings;
    private final List<Visit> came;
    private final Incidents incidents;
    /** When to look again if nothing comes; {@link Area#NONE} if never. */
    long next = Area.NONE;

    /** Counts the incidents of an area up to a moment; asked only where it matters, for an area may have thousands of cells. */
    interface Incidents {
        int until(long at) throws Exception;
    }

    Judge(Area area, List<Visit> came, Settings settings, Incidents incidents) {
        this.area = area;
        this.came = came;
        this.settings = settings;
        this.incidents = incidents;
    }

    /**
     * The first gap after a moment that is due by now; null if there is none, then {@link #next} says when one may be.
     *
     * @param kept what ended before is forgotten: no stretch without a visit is taken to begin there, only behind a visit that
     *     is still known, or where none is known and the duty goes on
     */
    Gap after(long floor, long kept, long now) throws Exception {
        for (Area.Span span : area.spans(settings)) {
            long since = Math.max(span.from(), floor);
            Gap gap = within(span, since < kept ? known(span, kept, now) : since, now);
            if (gap != null || next != Area.NONE) {
                return gap;
            }
        }
        return null;
    }

    private long known(Area.Span span, long kept, long now) {
        for (Visit visit : came) {
            if (visit.to() >= kept && counts(visit)) {
                return visit.to();
            }
        }
        return span.to() > now ? kept : span.to();
    }

    private Gap within(Area.Span span, long since, long now) throws Exception {
        long from = ruled(since, span.to());
        for (Visit visit : came) {
            if (visit.to() <= from || !counts(visit)) {
                continue;
            }
            Gap gap = between(span, from, visit, now);
            if (gap != null || next != Area.NONE || from >= span.to()) {
                return gap;
            }
            from = ruled(Math.max(from, visit.to()), span.to());
        }
        return from >= span.to() ? null : between(span, from, null, now);
    }

    /** The gap from a moment to a visit, or to no visit known. */
    private Gap between(Area.Span span, long from, Visit visit, long now) throws Exception {
        Rule rule = area.rule(from, settings);
        long end = visit == null ? Long.MAX_VALUE : visit.from();
        if (rule == null) {
            return null;
        }
        long soonest = from + settings.allowed(rule, 1);
        if (end <= soonest || soonest > span.to()) {
            return null;
        }
        if (now < soonest + settings.reportMs()) {
            next = soonest + settings.reportMs();
            return null;
        }
        int count = incidents.until(soonest);
        long at = from + settings.allowed(rule, Math.min(1, count / settings.busy()));
        if (end <= at || at > span.to()) {
            return null;
        }
        if (now < at + settings.reportMs()) {
            next = at + settings.reportMs();
            return null;
        }
        return new Gap(from, at, rule, count);
    }

    /** The first visit that ends a gap; null while there is none. */
    Visit endOf(long gapFrom) {
        return came.stream().filter(visit -> visit.to() > gapFrom && counts(visit)).findFirst().orElse(null);
    }

    /** How many came within a gap in too little strength. */
    long weak(Gap gap) {
        return came.stream()
                .filter(visit -> visit.to() > gap.from() && visit.from() <= gap.at() && !counts(visit))
                .count();
    }

    private boolean counts(Visit visit) {
        Rule rule = area.rule(visit.from(), settings);
        return rule == null || visit.fulfils(rule, came);
    }

    /** The first moment from {@code from} on at which a rule holds: full hours are where rules change. */
    private long ruled(long from, long until) {
        long at = from;
        while (at < until && area.rule(at, settings) == null) {
            at = (Math.floorDiv(at, (long) Settings.HOUR_MS) + 1) * (long) Settings.HOUR_MS;
        }
        return at;
    }
}
