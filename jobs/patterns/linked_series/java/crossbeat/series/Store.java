package crossbeat.series;

import crossbeat.alert.Tellings;
import crossbeat.alert.Told;
import crossbeat.geo.Grid;
import crossbeat.geo.Sphere;
import crossbeat.linkage.Likeness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.api.dataview.MapView;

/** What one recipient holds of one category: incidents by id, where they lie by cell, and the series it is told of. */
final class Store {
    private final MapView<String, byte[]> incidents;
    private final MapView<Long, byte[]> cells;
    private final MapView<String, byte[]> series;
    private final Tellings<String> told;
    private final Grid grid;
    /** Those that were looked at until now, as they are: one store serves one record, and asks for some again and again. */
    private final Map<String, Node> seen = new HashMap<>();

    Store(
            MapView<String, byte[]> incidents,
            MapView<Long, byte[]> cells,
            MapView<String, byte[]> series,
            Tellings<String> told,
            Grid grid) {
        this.incidents = incidents;
        this.cells = cells;
        this.series = series;
        this.told = told;
        this.grid = grid;
    }

    /** The incident, or the mark that it was taken back; null if it is not known. */
    Node get(String id) throws Exception {
        Node node = seen.get(id);
        if (node == null) {
            byte[] packed = incidents.get(id);
            node = packed == null ? null : Node.unpack(packed);
            seen.put(id, node);
        }
        return node;
    }

    void put(Node node) throws Exception {
        seen.put(node.id, node);
        incidents.put(node.id, node.pack());
    }

    /** Puts in an incident that is new here, and links it to those that one hand may have done with it. */
    void add(Node node, Likeness likeness, double reachM, long reachMs, double least) throws Exception {
        List<String> near = new ArrayList<>();
        for (long cell : grid.around(node.deed.lat(), node.deed.lon())) {
            byte[] packed = cells.get(cell);
            if (packed != null) {
                Cell.near(packed, node, reachMs, Sphere.degrees(reachM) + 1e-9, near);
            }
        }
        for (String id : near) {
            Node other = get(id);
            double score = within(node, other, reachM) ? likeness.score(node.deed, other.deed) : Double.NEGATIVE_INFINITY;
            if (score >= least) {
                node.links.put(id, score);
                other.links.put(node.id, score);
                put(other);
            }
        }
        put(node);
        long home = home(node);
        cells.put(home, Cell.with(cells.get(home), node));
    }

    private static boolean within(Node a, Node b, double reachM) {
        return Sphere.metres(a.deed.lat(), a.deed.lon(), b.deed.lat(), b.deed.lon()) <= reachM;
    }

    /** Takes an incident out of its cell and away from those that it is linked to; not out of the incidents. */
    void detach(Node node) throws Exception {
        for (String id : node.links.keySet()) {
            Node other = get(id);
            if (other != null && other.links.remove(node.id) != null) {
                put(other);
            }
        }
        long home = home(node);
        byte[] left = Cell.without(cells.get(home), node.id);
        if (left == null) {
            cells.remove(home);
        } else {
            cells.put(home, left);
        }
    }

    Series series(String identity) throws Exception {
        byte[] packed = series.get(identity);
        return packed == null ? null : Series.unpack(packed);
    }

    void put(Series changed) throws Exception {
        series.put(changed.identity, changed.pack());
    }

    /** What was told of a series; nothing yet if it is new. */
    Told told(String identity) throws Exception {
        return told.of(identity);
    }

    void put(String identity, Told changed) throws Exception {
        told.keep(identity, changed);
    }

    /**
     * Forgets what can no longer change: incidents from before a moment, unless they are in a series that went on after
     * it, and the series that did not.
     */
    void sweep(long before) throws Exception {
        List<String> over = new ArrayList<>();
        Set<String> running = new HashSet<>();
        for (Map.Entry<String, byte[]> entry : series.entries()) {
            if (Series.unpack(entry.getValue()).last < before) {
                over.add(entry.getKey());
            } else {
                running.add(entry.getKey());
            }
        }
        List<Node> old = new ArrayList<>();
        for (byte[] packed : incidents.values()) {
            Node node = Node.unpack(packed);
            if (node.at < before && !running.contains(node.series)) {
                old.add(node);
            }
        }
        for (Node node : old) {
            if (node.deed != null) {
                detach(node);
            }
            incidents.remove(node.id);
            seen.remove(node.id);
        }
        for (String identity : over) {
            series.remove(identity);
            told.forget(identity);
        }
    }

    private long home(Node node) {
        return grid.home(node.deed.lat(), node.deed.lon());
    }
}
