package crossbeat.corroboration;

import crossbeat.geo.Grid;
import crossbeat.state.Packed;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.dataview.MapView;

/**
 * The sightings of one recipient, by hour and by cell, for the length of one call: what is read is read once, what was
 * changed is written by {@link #close}. A call costs what lies in the cells around it, however large the city is.
 *
 * <p>There are no halves of events at the edges of cells: a recipient's records are all in one place, and the number of
 * an hour and a cell only says where to look.
 */
final class Shelf {
    /** Where the only timer of a recipient is noted, among the numbers of hours and cells. */
    static final long TIMER = Long.MIN_VALUE;

    private static final long HOUR_MS = 3_600_000;
    // Of no setting, so that a setting that changes finds what was put away before it. Small: a whole cell is read and written.
    private static final double CELL_M = 250;
    // A number is an hour, a band of latitude and a column of it: 24, 20 and 20 bits, enough for cells of 40 m and more.
    private static final int HOUR_BITS = 40;
    private static final int BAND_BITS = 20;

    private final MapView<Long, byte[]> shelves;
    private final MapView<String, Long> places;
    private final double metres;
    private final long gapMs;
    private final long longestMs;
    private final Grid grid;
    private final Map<Long, List<Sighting>> read = new HashMap<>();
    private final Set<Long> changed = new HashSet<>();

    /**
     * @param shelves packed sightings by hour and cell
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
        this.grid = new Grid(CELL_M, metres);
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
        long number = number(Math.floorDiv(now.since(), HOUR_MS), grid.home(now.lat(), now.lon()));
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
        long lastHour = Math.floorDiv(one.until() + gapMs, HOUR_MS);
        long[] cells = grid.around(one.lat(), one.lon());
        for (long hour = Math.floorDiv(one.since() - gapMs - longestMs, HOUR_MS); hour <= lastHour; hour++) {
            for (long cell : cells) {
                for (Sighting other : at(number(hour, cell))) {
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
            long end = ((number >> HOUR_BITS) + 1) * HOUR_MS;
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

    private static long number(long hour, long cell) {
        long band = cell >>> 32;
        long column = cell & 0xffffffffL;
        return hour << HOUR_BITS | band << BAND_BITS | column;
    }
}
