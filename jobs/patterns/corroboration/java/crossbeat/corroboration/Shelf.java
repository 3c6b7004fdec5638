package crossbeat.corroboration;

import crossbeat.geo.Sphere;
import crossbeat.state.Packed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.dataview.MapView;

/**
 * The sightings of one recipient, by hour and by stripe of latitude, for the length of one call: what is read is read
 * once, what was changed is written by {@link #close}.
 *
 * <p>There are no halves of events at the edges of cells: a recipient's records are all in one place, and the number of
 * an hour and a stripe only says where to look.
 */
final class Shelf {
    /** Where the only timer of a recipient is noted, among the numbers of hours and stripes. */
    static final long TIMER = Long.MIN_VALUE;

    private static final long HOUR_MS = 3_600_000;
    private static final double STRIPE_DEG = 0.01; // some 1.1 km

    private final MapView<Long, byte[]> shelves;
    private final MapView<String, Long> places;
    private final double metres;
    private final long gapMs;
    private final long longestMs;
    private final Map<Long, List<Sighting>> read = new HashMap<>();
    private final Set<Long> changed = new HashSet<>();

    /**
     * @param shelves packed sightings by hour and stripe
     * @param places record id to the number under which it stands
     * @param metres how far two may be apart
     * @param gapMs how much time may lie between two
     * @param longestMs how long the longest sighting lasts
     */
    Shelf(MapView<Long, byte[]> shelves, MapView<String, Long> places, double metres, long gapMs, long longestMs) {
        this.shelves = shelves;
        this.places = places;
        this.metres = metres;
        this.gapMs = gapMs;
        this.longestMs = longestMs;
    }

    /** The newest known state of a record, also of one that no longer stands; null if there is none. */
    Sighting get(String id) throws Exception {
        Long number = places.get(id);
        return number == null
                ? null
                : at(number).stream().filter(one -> one.id().equals(id)).findFirst().orElse(null);
    }

    /** Puts a state of a record in the place of the one before it. */
    void put(Sighting now) throws Exception {
        Long old = places.get(now.id());
        long number = number(now.since(), now.lat());
        if (old != null) {
            at(old).removeIf(one -> one.id().equals(now.id()));
            changed.add(old);
        }
        at(number).add(now);
        changed.add(number);
        if (old == null || old != number) {
            places.put(now.id(), number);
        }
    }

    /** Those of the same kind that stand near it in space and time, itself left out. */
    List<Sighting> near(Sighting one) throws Exception {
        List<Sighting> found = new ArrayList<>();
        double reach = Sphere.degrees(metres);
        long lastHour = Math.floorDiv(one.until() + gapMs, HOUR_MS);
        long lastStripe = stripe(one.lat() + reach);
        for (long hour = Math.floorDiv(one.since() - gapMs - longestMs, HOUR_MS); hour <= lastHour; hour++) {
            for (long stripe = stripe(one.lat() - reach); stripe <= lastStripe; stripe++) {
                for (Sighting other : at(number(hour, stripe))) {
                    if (other.stands()
                            && other.what().equals(one.what())
                            && !other.id().equals(one.id())
                            && other.apartMs(one) <= gapMs
                            && other.metresTo(one) <= metres) {
                        found.add(other);
                    }
                }
            }
        }
        return found;
    }

    /** Writes what was changed. */
    void close() throws Exception {
        for (long number : changed) {
            store(shelves, number, read.get(number));
        }
    }

    /**
     * Lets go of what is of hours that ended before a moment, or, of what was told, before an earlier one.
     *
     * @return whether anything is left
     */
    static boolean prune(MapView<Long, byte[]> shelves, MapView<String, Long> places, long before, long toldBefore)
            throws Exception {
        List<Long> numbers = new ArrayList<>();
        shelves.keys().forEach(numbers::add);
        boolean left = false;
        for (long number : numbers) {
            long end = ((number >> 16) + 1) * HOUR_MS;
            if (number == TIMER) {
                continue;
            }
            if (end > before) {
                left = true;
                continue;
            }
            List<Sighting> kept = new ArrayList<>();
            for (Sighting one : Packed.unpack(shelves.get(number), Sighting::read)) {
                if (one.told() && end > toldBefore) {
                    kept.add(one);
                } else {
                    places.remove(one.id());
                }
            }
            left |= !kept.isEmpty();
            store(shelves, number, kept);
        }
        return left;
    }

    private static void store(MapView<Long, byte[]> shelves, long number, List<Sighting> sightings) throws Exception {
        byte[] packed = Packed.pack(sightings, (one, out) -> one.write(out));
        if (packed == null) {
            shelves.remove(number);
        } else {
            shelves.put(number, packed);
        }
    }

    private List<Sighting> at(long number) throws Exception {
        List<Sighting> there = read.get(number);
        if (there == null) {
            there = Packed.unpack(shelves.get(number), Sighting::read);
            read.put(number, there);
        }
        return there;
    }

    private static long number(long since, double lat) {
        return number(Math.floorDiv(since, HOUR_MS), stripe(lat));
    }

    private static long number(long hour, long stripe) {
        return hour << 16 | stripe;
    }

    private static long stripe(double lat) {
        return (long) Math.floor((Math.max(-90, Math.min(90, lat)) + 90) / STRIPE_DEG);
    }
}
