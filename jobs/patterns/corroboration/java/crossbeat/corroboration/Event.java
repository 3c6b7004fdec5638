package crossbeat.corroboration;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Sightings that hang together: each is near another of them in space and time. Members are in {@link Sighting#FIRST} order. */
record Event(List<Sighting> members) {
    /**
     * The events that some sightings belong to: what is near what is near them, and so on. It depends on what stands on
     * the shelf and not on the order in which it came.
     */
    static List<Event> around(Collection<Sighting> some, Shelf shelf) throws Exception {
        List<Event> events = new ArrayList<>();
        Map<String, Sighting> seen = new LinkedHashMap<>();
        for (Sighting start : some) {
            if (seen.putIfAbsent(start.id(), start) != null) {
                continue;
            }
            List<Sighting> members = new ArrayList<>();
            Deque<Sighting> open = new ArrayDeque<>(List.of(start));
            while (!open.isEmpty()) {
                Sighting one = open.pop();
                members.add(one);
                for (Sighting other : shelf.near(one)) {
                    if (seen.putIfAbsent(other.id(), other) == null) {
                        open.push(other);
                    }
                }
            }
            members.sort(Sighting.FIRST);
            events.add(new Event(members));
        }
        events.sort((a, b) -> Sighting.FIRST.compare(a.first(), b.first()));
        return events;
    }

    Sighting first() {
        return members.get(0);
    }

    /** The first sighting of each feed, earliest first: a feed that says it again and again is no second witness. */
    List<Sighting> evidence() {
        Map<String, Sighting> firsts = new LinkedHashMap<>();
        members.forEach(one -> firsts.putIfAbsent(one.feed(), one));
        return List.copyOf(firsts.values());
    }

    /**
     * How sure it is that it happened, 0 to 1: that not all feeds are wrong, were each right as often as its best grading
     * says and independent of the others (a noisy or).
     */
    double confidence() {
        Map<String, Double> best = new TreeMap<>();
        members.forEach(one -> best.merge(one.feed(), one.weight(), Math::max));
        double wrong = 1;
        for (double weight : best.values()) {
            wrong *= 1 - weight;
        }
        return 1 - wrong;
    }

    /** Whether it is worth telling: two kinds of source at least, and sure enough. */
    boolean corroborated(double least) {
        return members.stream().map(Sighting::source).distinct().count() >= 2 && confidence() >= least;
    }

    /** How many members have that label. */
    long with(String label) {
        return members.stream().filter(one -> one.label().equals(label)).count();
    }

    /** Whether an alert was given under that label. */
    boolean told(String label) {
        return members.stream().anyMatch(one -> one.label().equals(label) && one.told());
    }
}
