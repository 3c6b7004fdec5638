package crossbeat.series;

import crossbeat.alert.Alert;
import crossbeat.alert.Identity;
import crossbeat.alert.Told;
import crossbeat.linkage.Likeness;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.apache.flink.types.Row;

/**
 * Brings what a recipient is told into line with what the incidents around a change say now.
 *
 * <p>A series keeps the identity under which it was first told of, the record id of its earliest incident then, however
 * it grows. Where two become one the older identity stands and the younger is cancelled; where one falls apart the part
 * that shares most with it keeps its identity.
 */
final class Settling {
    private static final String PATTERN = "linked_series";

    private final Store store;
    private final Rule rule;
    private final Wording wording;
    private final String recipient;
    private final String category;
    private final Consumer<Row> out;

    Settling(Store store, Rule rule, Likeness likeness, String recipient, String category, Consumer<Row> out) {
        this.store = store;
        this.rule = rule;
        this.wording = new Wording(likeness, rule, category);
        this.recipient = recipient;
        this.category = category;
        this.out = out;
    }

    /**
     * Settles all that hangs together with the incidents that were touched, and with the series that were. Touched must be
     * an incident that is new, and all that one which went was linked to.
     */
    void around(Collection<String> touched, Set<String> identities) throws Exception {
        Map<String, Series> known = new TreeMap<>();
        SortedMap<String, Node> nodes = gather(touched, identities, known);
        List<Cluster> clusters = new ArrayList<>(Clusters.of(nodes));
        clusters.removeIf(cluster -> !rule.tells(cluster, recipient));
        if (clusters.isEmpty() && known.isEmpty()) {
            return;
        }
        Map<Cluster, Series> kept = match(clusters, known.values());
        Map<String, String> now = new TreeMap<>();
        for (Cluster cluster : clusters) {
            Series series = kept.containsKey(cluster) ? kept.get(cluster) : found(cluster, kept.values());
            kept.put(cluster, series);
            tell(cluster, series);
            cluster.nodes().forEach(node -> now.put(node.id, series.identity));
        }
        for (Series series : known.values()) {
            if (!kept.containsValue(series)) {
                end(series, kept);
            }
        }
        for (Node node : nodes.values()) {
            String series = now.getOrDefault(node.id, "");
            if (!series.equals(node.series)) {
                node.series = series;
                store.put(node);
            }
        }
    }

    /**
     * The incidents that hang together with the touched ones, by links of triangles and by the series that they are in.
     *
     * <p>Links of no triangle need not be followed: a community is made of triangles, and what one takes from another they
     * share, so that of two incidents that triangles do not connect neither ever decides where the other stands. Each
     * triangle that came or went holds the incident that did, and those whose link lost its last triangle are touched.
     */
    private SortedMap<String, Node> gather(Collection<String> touched, Set<String> identities, Map<String, Series> known)
            throws Exception {
        SortedMap<String, Node> nodes = new TreeMap<>();
        Set<String> seen = new HashSet<>(touched);
        Deque<String> todo = new ArrayDeque<>(touched);
        Deque<String> told = new ArrayDeque<>(identities);
        while (!todo.isEmpty() || !told.isEmpty()) {
            if (!told.isEmpty()) {
                Series series = store.series(told.pop());
                if (series != null && known.put(series.identity, series) == null) {
                    series.members.stream().filter(seen::add).forEach(todo::push);
                }
                continue;
            }
            Node node = store.get(todo.pop());
            if (node != null && node.deed != null) {
                nodes.put(node.id, node);
                for (String id : node.links.keySet()) {
                    Node other = seen.contains(id) ? null : store.get(id);
                    if (other != null && meet(node, other)) {
                        seen.add(id);
                        todo.push(id);
                    }
                }
                if (!node.series.isEmpty() && !known.containsKey(node.series)) {
                    told.push(node.series);
                }
            }
        }
        return nodes;
    }

    /** Whether two that are linked have a third that both are linked to. */
    private static boolean meet(Node one, Node two) {
        Node less = one.links.size() < two.links.size() ? one : two;
        Node more = less == one ? two : one;
        return less.links.keySet().stream().anyMatch(more.links::containsKey);
    }

    /** The older series first, each the cluster that shares most with it and is not taken. */
    private static Map<Cluster, Series> match(List<Cluster> clusters, Collection<Series> known) {
        Map<Cluster, Series> kept = new LinkedHashMap<>();
        known.stream().sorted(Series.BY_AGE).forEach(series -> {
            Cluster best = null;
            for (Cluster cluster : clusters) {
                long shared = cluster.shared(series.members);
                if (shared > 0 && !kept.containsKey(cluster) && (best == null || shared > best.shared(series.members))) {
                    best = cluster;
                }
            }
            if (best != null) {
                kept.put(best, series);
            }
        });
        return kept;
    }

    /** A series of a cluster that was not told of: named by its earliest incident, unless that names another. */
    private Series found(Cluster cluster, Collection<Series> kept) throws Exception {
        Node first = cluster.first();
        String name = first.id;
        while (taken(name, kept)) {
            name += "+"; // no record id holds one
        }
        return new Series(name, first.at, first.at);
    }

    private boolean taken(String name, Collection<Series> kept) throws Exception {
        Series before = store.series(name);
        return before != null && !before.members.isEmpty() || kept.stream().anyMatch(series -> series.identity.equals(name));
    }

    private void tell(Cluster cluster, Series series) throws Exception {
        Told told = store.told(series.identity);
        boolean grew = cluster.nodes().size() > series.members.size() && cluster.ids().containsAll(series.members);
        String digest = Identity.digest(cluster.nodes().stream().map(Node::seen).toList());
        Alert alert = told.next(PATTERN, category + "|" + series.identity, recipient, digest);
        series.members.clear();
        series.members.addAll(cluster.ids());
        series.last = cluster.last().at;
        store.put(series);
        if (alert == null) {
            return;
        }
        alert.headline(wording.headline(cluster))
                .description(wording.description(cluster, alert.type().equals("Update"), grew))
                .evidence(cluster.ids())
                .districts(cluster.districts())
                .around(cluster.nodes().stream().map(Node::point).toList())
                .times(cluster.first().at, cluster.last().at)
                .expires(cluster.last().at + rule.reachMs())
                .score(Math.round(cluster.strength() * 100) / 100.0)
                .category(category);
        give(alert, series, told, cluster.toldIn(series.identity), null);
        store.put(series.identity, told);
    }

    /** Takes a series back: it became part of another, or its evidence went. */
    private void end(Series series, Map<Cluster, Series> kept) throws Exception {
        Told told = store.told(series.identity);
        Series into = null;
        for (Map.Entry<Cluster, Series> entry : kept.entrySet()) {
            into = entry.getKey().shared(series.members) > 0 ? entry.getValue() : into;
        }
        series.members.clear();
        store.put(series);
        Alert alert = told.next(PATTERN, category + "|" + series.identity, recipient, null);
        if (alert == null) {
            return;
        }
        if (into != null) {
            alert.headline(Wording.MERGED_HEADLINE).description(Wording.merged(store.told(into.identity).identifier));
        }
        give(alert, series, told, List.of(), into);
        store.put(series.identity, told);
    }

    /**
     * Gives the alert with what the row of the series says beside it.
     *
     * @param from the identities of the series that its incidents were told of in before
     * @param into the series that tells of its incidents from now on; null if none does, or if it goes on itself
     */
    private void give(Alert alert, Series series, Told told, List<String> from, Series into) {
        String[] replaces = from.stream().map(this::id).sorted().toArray(String[]::new);
        Row beside = Row.of(id(series.identity), told.count, replaces, into == null ? null : id(into.identity));
        out.accept(Row.join(alert.row(), beside));
    }

    /** The name of a series to its recipient: of one that two recipients have, each has a row of its own. */
    private String id(String identity) {
        return PATTERN + ":" + Identity.hashed(category + "|" + identity + "|" + recipient);
    }
}
