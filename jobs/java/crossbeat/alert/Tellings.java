package crossbeat.alert;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.api.dataview.MapView;

/**
 * State: what one recipient was told, by a name that a pattern gives to each thing that it tells of. The view holds bytes:
 * of a map whose values are objects Flink compiles a converter anew for each checkpoint and subtask.
 *
 * @param <K> of the names
 */
public final class Tellings<K> {
    private final MapView<K, byte[]> packed;

    /** Over the state of one key. */
    public Tellings(MapView<K, byte[]> packed) {
        this.packed = packed;
    }

    /** What was told of a thing; nothing yet if it is new. To be given to {@link #keep} once it has changed. */
    public Told of(K name) throws Exception {
        byte[] known = packed.get(name);
        return known == null ? new Told() : Told.unpack(known);
    }

    /** Whether anything was told of it, or kept. */
    public boolean has(K name) throws Exception {
        return packed.contains(name);
    }

    /** Keeps what was told: after {@link Alert#row}, which decides what a later Cancel repeats. */
    public void keep(K name, Told told) throws Exception {
        packed.put(name, told.pack());
    }

    /** Lets go of it. */
    public void forget(K name) throws Exception {
        packed.remove(name);
    }

    /** All names, in no order. */
    public List<K> names() throws Exception {
        List<K> names = new ArrayList<>();
        packed.keys().forEach(names::add);
        return names;
    }
}
