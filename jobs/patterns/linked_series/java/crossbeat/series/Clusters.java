package crossbeat.series;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * What hangs together among linked incidents: communities of triangles (clique percolation with k = 3; Palla, Derényi,
 * Farkas and Vicsek, Nature 435, 2005). Two triangles belong together if they share a link, so an incident needs links to
 * two that are linked themselves, and one chance link never joins two series as it would in single linkage.
 *
 * <p>A new incident never takes another out of a community: series fall apart only where incidents are taken back.
 */
final class Clusters {
    private static final Comparator<Cluster> STRONGEST =
            Comparator.comparingDouble(Cluster::strength).reversed().thenComparing(Cluster::first, Node.BY_TIME);

    private Clusters() {}

    /** A link by the ids of its ends, the smaller first. */
    private record Edge(String one, String two) {
        static Edge of(String a, String b) {
            return a.compareTo(b) < 0 ? new Edge(a, b) : new Edge(b, a);
        }
    }

    /** The communities, the strongest first, without those of which a stronger one holds all but two. */
    static List<Cluster> of(Map<String, Node> nodes) {
        Map<Edge, Edge> parents = new HashMap<>();
        for (Node node : nodes.values()) {
            for (String other : node.links.keySet()) {
                if (other.compareTo(node.id) > 0 && nodes.containsKey(other)) {
                    join(parents, nodes, node, nodes.get(other));
                }
            }
        }
        Map<Edge, Set<String>> members = new HashMap<>();
        for (Edge edge : List.copyOf(parents.keySet())) {
            Set<String> community = members.computeIfAbsent(root(parents, edge), any -> new HashSet<>());
            community.add(edge.one);
            community.add(edge.two);
        }
        return apart(nodes, members.values());
    }

    /** Joins the triangles of one link to it. */
    private static void join(Map<Edge, Edge> parents, Map<String, Node> nodes, Node a, Node b) {
        Edge edge = Edge.of(a.id, b.id);
        for (String third : a.links.keySet()) {
            if (b.links.containsKey(third) && nodes.containsKey(third)) {
                unite(parents, edge, Edge.of(a.id, third));
                unite(parents, edge, Edge.of(b.id, third));
            }
        }
    }

    private static void unite(Map<Edge, Edge> parents, Edge a, Edge b) {
        Edge one = root(parents, a);
        Edge two = root(parents, b);
        parents.put(one, two);
        parents.putIfAbsent(two, two);
    }

    private static Edge root(Map<Edge, Edge> parents, Edge edge) {
        Edge at = edge;
        for (Edge up = parents.get(at); up != null && !up.equals(at); up = parents.get(at)) {
            at = up;
        }
        if (!at.equals(edge)) {
            parents.put(edge, at);
        }
        return at;
    }

    /** An incident that several communities hold stays in the strongest. */
    private static List<Cluster> apart(Map<String, Node> nodes, Collection<Set<String>> communities) {
        List<Cluster> found = new ArrayList<>();
        communities.forEach(ids -> found.add(cluster(nodes, ids)));
        found.sort(STRONGEST);
        Set<String> taken = new HashSet<>();
        List<Cluster> result = new ArrayList<>();
        for (Cluster cluster : found) {
            Set<String> left = cluster.ids();
            left.removeAll(taken);
            if (left.size() > 2) {
                result.add(left.size() == cluster.nodes().size() ? cluster : cluster(nodes, left));
                taken.addAll(left);
            }
        }
        return result;
    }

    private static Cluster cluster(Map<String, Node> nodes, Set<String> ids) {
        List<Node> sorted = ids.stream().map(nodes::get).sorted(Node.BY_TIME).toList();
        return new Cluster(sorted, strength(sorted));
    }

    /** The links of the strongest spanning tree, added up (Prim's method); what has none of them adds nothing. */
    private static double strength(List<Node> nodes) {
        Map<String, Double> reach = new TreeMap<>();
        nodes.forEach(node -> reach.put(node.id, 0.0));
        Map<String, Node> left = new TreeMap<>();
        nodes.forEach(node -> left.put(node.id, node));
        Node next = left.remove(nodes.get(0).id);
        double sum = 0;
        while (!left.isEmpty()) {
            next.links.forEach((id, score) -> reach.computeIfPresent(id, (any, best) -> Math.max(best, score)));
            next = left.values().stream().max(Comparator.comparingDouble(node -> reach.get(node.id))).orElseThrow();
            left.remove(next.id);
            sum += reach.get(next.id);
        }
        return sum;
    }
}
