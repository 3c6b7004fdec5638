package crossbeat.coverage;

import crossbeat.state.Packed;
import java.util.List;
import org.apache.flink.table.api.dataview.MapView;

/** How many incidents there were in a cell of late: where more happens, less time without a visit is borne. */
final class Demand {
    private static final String CELL = "cell ";

    private Demand() {}

    /** An incident, by a number that stands for its id: more is not needed, and not kept. */
    private record Seen(long id, long at) {
        static void write(Seen seen, Packed.Out out) {
            out.number(seen.id).number(seen.at);
        }

        static Seen read(Packed.In in) {
            return new Seen(in.number(), in.number());
        }
    }

    /** Takes an incident, or takes it out ({@code gone}). */
    static void take(MapView<String, byte[]> known, long cell, String id, long at, boolean gone, Settings settings)
            throws Exception {
        List<Seen> seen = Packed.unpack(known.get(CELL + cell), Seen::read);
        long number = number(id);
        seen.removeIf(one -> one.id == number);
        if (!gone) {
            seen.add(new Seen(number, at));
        }
        long newest = seen.stream().mapToLong(Seen::at).max().orElse(at);
        seen.removeIf(one -> one.at < newest - settings.demandMs());
        if (seen.isEmpty()) {
            known.remove(CELL + cell);
        } else {
            known.put(CELL + cell, Packed.pack(seen, Seen::write));
        }
    }

    /** How many incidents the cells had within the time that counts, up to a moment. */
    static int of(MapView<String, byte[]> known, List<Long> cells, long until, Settings settings) throws Exception {
        int count = 0;
        for (long cell : cells) {
            for (Seen one : Packed.unpack(known.get(CELL + cell), Seen::read)) {
                count += one.at <= until && one.at > until - settings.demandMs() ? 1 : 0;
            }
        }
        return count;
    }

    /** 64 bits of a text (FNV-1a). */
    private static long number(String id) {
        long hash = 0xcbf29ce484222325L;
        for (int i = 0; i < id.length(); i++) {
            hash = (hash ^ id.charAt(i)) * 0x100000001b3L;
        }
        return hash;
    }
}
