package crossbeat.campaign;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Reports of one indicator that belong together, earliest first: overlapping windows, each with enough reports and districts. */
record Cluster(List<Report> reports) {

    /** All clusters of the reports, which are sorted by time; the same whatever the order in which they came. */
    static List<Cluster> of(List<Report> reports, Limits limits) {
        List<Cluster> found = new ArrayList<>();
        Map<String, Integer> within = new HashMap<>(); // reports of each district in the window
        int first = 0;
        int from = 0; // where the cluster in the making begins, and the index after its end
        int to = 0;
        for (int last = 0; last < reports.size(); last++) {
            within.merge(reports.get(last).district(), 1, Integer::sum);
            while (reports.get(last).at() - reports.get(first).at() > limits.window()) {
                within.computeIfPresent(reports.get(first).district(), (name, count) -> count == 1 ? null : count - 1);
                first++;
            }
            if (within.size() < limits.districts() || last - first + 1 < limits.reports()) {
                continue;
            }
            if (first >= to) {
                add(found, reports, from, to);
                from = first;
            }
            to = last + 1;
        }
        add(found, reports, from, to);
        return found;
    }

    private static void add(List<Cluster> found, List<Report> reports, int from, int to) {
        if (to > from) {
            found.add(new Cluster(List.copyOf(reports.subList(from, to))));
        }
    }

    Set<String> ids() {
        return reports.stream().map(Report::id).collect(Collectors.toCollection(TreeSet::new));
    }

    /** The districts that own the reports, sorted. */
    List<String> districts() {
        return reports.stream().map(Report::district).distinct().sorted().toList();
    }

    /** The ways in which it was written, the commonest first. */
    List<String> forms() {
        Map<String, Long> counts = reports.stream().collect(Collectors.groupingBy(Report::form, Collectors.counting()));
        return counts.entrySet().stream()
                .sorted(Map.Entry.<String, Long>comparingByValue().reversed().thenComparing(Map.Entry.comparingByKey()))
                .map(Map.Entry::getKey)
                .toList();
    }

    long first() {
        return reports.get(0).at();
    }

    long last() {
        return reports.get(reports.size() - 1).at();
    }
}
