package crossbeat.series;

import crossbeat.alert.Words;
import crossbeat.geo.Circle;
import crossbeat.linkage.Deed;
import crossbeat.linkage.Likeness;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/** A series in plain words: what was seen, what is alike, which two are most so, and what it does not say. */
final class Wording {
    static final String MERGED_HEADLINE = "Withdrawn: the series is now told of as part of another";
    private static final String GREW = "It replaces an earlier alert: the series grew. ";
    private static final String CORRECTED =
            "It replaces an earlier alert, whose evidence was corrected or withdrawn in part by its owner. ";
    private static final int NAMED = 12;

    private final Likeness likeness;
    private final Rule rule;
    private final String category;

    Wording(Likeness likeness, Rule rule, String category) {
        this.likeness = likeness;
        this.rule = rule;
        this.category = category;
    }

    static String merged(String identifier) {
        return "What has come in since links it to an older series. Its incidents are told of in " + identifier
                + " from now on; whoever works on this one should join those who work on that.";
    }

    String headline(Cluster cluster) {
        return Words.incidents(cluster.nodes().size(), category) + " done alike, perhaps by one hand, within "
                + Words.metres(2 * circle(cluster).radius()) + " and " + Words.time(span(cluster)) + " in "
                + Words.some(cluster.districts(), 3);
    }

    /** {@code update} if it replaces one, {@code grew} if nothing of that one went. */
    String description(Cluster cluster, boolean update, boolean grew) {
        return headline(cluster) + ", from " + Words.at(cluster.first().at) + " to " + Words.at(cluster.last().at) + ": "
                + Words.some(cluster.nodes().stream().map(Wording::named).toList(), NAMED) + ". "
                + alike(cluster) + closest(cluster)
                + "Raised because each of them is linked to two others that are linked to each other: two so near, so soon"
                + " after each other and done so alike that one hand may well have done both. The links that hold them together have a"
                + " strength of " + String.format(Locale.ROOT, "%.1f", cluster.strength()) + "; from "
                + String.format(Locale.ROOT, "%.1f", rule.leastStrength()) + " on you are told. "
                + (update ? grew ? GREW : CORRECTED : "")
                + "It does not say that one hand did them, nor whose: a common method in a busy place looks the same. First"
                + " compare the case notes, and agree which district leads.";
    }

    private static String named(Node node) {
        return node.id + " (" + node.district + ", " + Words.at(node.at) + ")";
    }

    private static Circle circle(Cluster cluster) {
        return Circle.of(cluster.nodes().stream().map(Node::point).toList());
    }

    private static long span(Cluster cluster) {
        return cluster.last().at - cluster.first().at;
    }

    /** What most of them share: "4 of 5 forced, 3 of 5 at the rear door. ". */
    private static String alike(Cluster cluster) {
        List<String> shared = new ArrayList<>();
        share(cluster, Deed::methodOfEntry, "method ", shared);
        share(cluster, Deed::pointOfEntry, "by way of ", shared);
        share(cluster, Deed::tool, "with ", shared);
        share(cluster, Deed::locationCategory, "at a place of kind ", shared);
        return shared.isEmpty() ? "" : "Alike: " + Words.and(shared) + ". ";
    }

    private static void share(Cluster cluster, Function<Deed, String> field, String before, List<String> shared) {
        Map<String, Integer> counts = new TreeMap<>();
        for (Node node : cluster.nodes()) {
            String code = field.apply(node.deed);
            if (!code.isEmpty() && !code.equals("unknown")) {
                counts.merge(code, 1, Integer::sum);
            }
        }
        int all = cluster.nodes().size();
        counts.entrySet().stream()
                .filter(entry -> 2 * entry.getValue() > all)
                .forEach(entry -> shared.add(entry.getValue() + " of " + all + " " + before + Words.plain(entry.getKey())));
    }

    /** The two that are most alike, in the words of the model that scored them. */
    private String closest(Cluster cluster) {
        Node one = null;
        Node two = null;
        double best = Double.NEGATIVE_INFINITY;
        Map<String, Node> members = new HashMap<>();
        cluster.nodes().forEach(node -> members.put(node.id, node));
        for (Node a : cluster.nodes()) {
            for (Map.Entry<String, Double> link : a.links.entrySet()) {
                Node b = members.get(link.getKey());
                double score = link.getValue();
                // Of pairs that are as much alike the earliest, whatever the order of the links.
                if (b != null
                        && Node.BY_TIME.compare(a, b) < 0
                        && (score > best || score == best && one == a && Node.BY_TIME.compare(b, two) < 0)) {
                    one = a;
                    two = b;
                    best = score;
                }
            }
        }
        return "Most alike are " + one.id + " and " + two.id + ": " + likeness.words(one.deed, two.deed) + " (one hand: "
                + Words.percent(Likeness.probability(best)) + "). ";
    }
}
