package crossbeat.series;

import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.Map;
import java.util.PriorityQueue;
import java.util.SortedMap;

/** Linked incidents by number, in the order of their ids: what is walked often is walked without their names. */
final class Graph {
    /** The incidents, by number. */
    final Node[] nodes;
    /** Of each the numbers of those that it is linked to, ascending. */
    final int[][] others;

    private final double[][] scores;

    /** Links to incidents that are not among them are left out. */
    Graph(SortedMap<String, Node> incidents) {
        nodes = incidents.values().toArray(Node[]::new);
        Map<String, Integer> numbers = new HashMap<>(2 * nodes.length);
        for (int i = 0; i < nodes.length; i++) {
            numbers.put(nodes[i].id, i);
        }
        others = new int[nodes.length][];
        scores = new double[nodes.length][];
        for (int i = 0; i < nodes.length; i++) {
            Map<String, Double> links = nodes[i].links; // in the order of ids, and so of numbers
            int[] ends = new int[links.size()];
            double[] odds = new double[links.size()];
            int count = 0;
            for (Map.Entry<String, Double> link : links.entrySet()) {
                Integer end = numbers.get(link.getKey());
                if (end != null) {
                    ends[count] = end;
                    odds[count++] = link.getValue();
                }
            }
            others[i] = Arrays.copyOf(ends, count);
            scores[i] = odds;
        }
    }

    /** A link that reaches an incident; the best first, of two the one to the smaller id. */
    private record Offer(double score, int to) implements Comparable<Offer> {
        @Override
        public int compareTo(Offer other) {
            int better = Double.compare(other.score, score);
            return better == 0 ? Integer.compare(to, other.to) : better;
        }
    }

    /**
     * The links of the strongest spanning tree of some incidents, added up (Prim's method); one below an even chance adds
     * nothing.
     *
     * @param first the one to begin with: it decides in which order is added, and so the last digits
     */
    double strength(BitSet members, int first) {
        BitSet left = (BitSet) members.clone();
        PriorityQueue<Offer> offers = new PriorityQueue<>();
        double sum = 0;
        for (int next = first; next >= 0; ) {
            left.clear(next);
            for (int i = 0; i < others[next].length; i++) {
                if (scores[next][i] > 0 && left.get(others[next][i])) {
                    offers.add(new Offer(scores[next][i], others[next][i]));
                }
            }
            while (!offers.isEmpty() && !left.get(offers.peek().to)) {
                offers.remove();
            }
            Offer best = offers.poll();
            sum += best == null ? 0 : best.score;
            next = best == null ? left.nextSetBit(0) : best.to;
        }
        return sum;
    }
}
