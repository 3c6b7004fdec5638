package crossbeat.series;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;

/**
 * What hangs together among linked incidents: communities of triangles (clique percolation with k = 3; Palla, Derényi,
 * Farkas and Vicsek, Nature 435, 2005). Two triangles belong together if they share a link, so an incident needs links to
 * two that are linked themselves, and one chance link never joins two series as it would in single linkage.
 *
 * <p>A new incident never takes another out of a community: series fall apart only where incidents are taken back.
 */
final class Clusters {
    /** Of two as strong the one whose incidents are earlier, one by one. */
    private static final Comparator<Community> STRONGEST = Comparator.comparingDouble(
                    (Community one) -> one.cluster.strength())
            .reversed()
            .thenComparing(one -> one.cluster.nodes(), (a, b) -> Arrays.compare(
                    a.toArray(Node[]::new), b.toArray(Node[]::new), Node.BY_TIME));

    private final Graph graph;

    private Clusters(Graph graph) {
        this.graph = graph;
    }

    /** A cluster with the numbers of its incidents. */
    private record Community(BitSet members, Cluster cluster) {}

    /** The communities, the strongest first, without those of which stronger ones hold all but two. */
    static List<Cluster> of(SortedMap<String, Node> nodes) {
        Clusters clusters = new Clusters(new Graph(nodes));
        return clusters.apart(clusters.communities());
    }

    /** The incidents of each community: links are numbered one after another by their smaller end, and joined by triangles. */
    private Collection<BitSet> communities() {
        int[][] others = graph.others;
        int[] start = new int[others.length + 1];
        for (int a = 0; a < others.length; a++) {
            start[a + 1] = start[a] + others[a].length;
        }
        Parts links = new Parts(start[others.length]);
        for (int a = 0; a < others.length; a++) {
            for (int i = above(others[a], a); i < others[a].length; i++) {
                int b = others[a][i];
                int k = above(others[b], b);
                for (int j = i + 1; j < others[a].length && k < others[b].length; ) {
                    int apart = Integer.compare(others[a][j], others[b][k]);
                    if (apart == 0) {
                        links.join(start[a] + i, start[a] + j);
                        links.join(start[a] + i, start[b] + k);
                    }
                    j += apart <= 0 ? 1 : 0;
                    k += apart >= 0 ? 1 : 0;
                }
            }
        }
        Map<Integer, BitSet> members = new HashMap<>();
        for (int a = 0; a < others.length; a++) {
            for (int i = above(others[a], a); i < others[a].length; i++) {
                if (!links.alone(start[a] + i)) {
                    BitSet community = members.computeIfAbsent(links.of(start[a] + i), any -> new BitSet());
                    community.set(a);
                    community.set(others[a][i]);
                }
            }
        }
        return members.values();
    }

    /** Where the ends begin that are greater than an incident. */
    private static int above(int[] ends, int node) {
        return -Arrays.binarySearch(ends, node) - 1; // it is not linked to itself
    }

    /** An incident that several communities hold stays in the strongest. */
    private List<Cluster> apart(Collection<BitSet> communities) {
        List<Community> found = new ArrayList<>();
        communities.forEach(members -> found.add(new Community(members, cluster(members))));
        found.sort(STRONGEST);
        BitSet taken = new BitSet();
        List<Cluster> result = new ArrayList<>();
        for (Community community : found) {
            BitSet left = (BitSet) community.members.clone();
            left.andNot(taken);
            if (left.cardinality() > 2) {
                result.add(left.equals(community.members) ? community.cluster : cluster(left));
                taken.or(left);
            }
        }
        return result;
    }

    private Cluster cluster(BitSet members) {
        int[] numbers = members.stream()
                .boxed()
                .sorted(Comparator.comparing(number -> graph.nodes[number], Node.BY_TIME))
                .mapToInt(Integer::intValue)
                .toArray();
        List<Node> sorted = Arrays.stream(numbers).mapToObj(number -> graph.nodes[number]).toList();
        return new Cluster(sorted, graph.strength(members, numbers[0]));
    }
}
