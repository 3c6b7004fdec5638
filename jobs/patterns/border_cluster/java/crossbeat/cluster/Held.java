package crossbeat.cluster;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.dataview.MapView;

/**
 * The incidents of each key as objects, read from state once. Each analysis looks at all that is kept, and in state they lie
 * packed all over the memory. State alone counts: what is put here is put there too, and after a restore it is read anew.
 */
final class Held {
    private final Map<String, List<Incident>> byKey = new HashMap<>();

    /** All of a key, in any order; not to be changed. */
    List<Incident> all(Board board, MapView<String, byte[]> state) throws Exception {
        return byKey.computeIfAbsent(key(board), unseen -> read(state));
    }

    /** Puts an incident in, in place of its earlier revision. */
    void put(Board board, MapView<String, byte[]> state, Incident incident) throws Exception {
        List<Incident> all = all(board, state);
        if (state.contains(incident.id())) {
            all.removeIf(one -> one.id().equals(incident.id()));
        }
        all.add(incident);
        state.put(incident.id(), incident.pack());
    }

    /** Drops what is older than a moment and known by another. */
    void drop(Board board, MapView<String, byte[]> state, long at, long known) throws Exception {
        List<Incident> all = all(board, state);
        for (Iterator<Incident> each = all.iterator(); each.hasNext(); ) {
            Incident one = each.next();
            if (one.at() <= at && one.known() <= known) {
                each.remove();
                state.remove(one.id());
            }
        }
    }

    private static String key(Board board) {
        return board.recipient + "|" + board.category;
    }

    private static List<Incident> read(MapView<String, byte[]> state) {
        try {
            List<Incident> all = new ArrayList<>();
            state.values().forEach(one -> all.add(Incident.unpack(one)));
            return all;
        } catch (Exception error) {
            throw new IllegalStateException("the incidents of a key cannot be read", error);
        }
    }
}
