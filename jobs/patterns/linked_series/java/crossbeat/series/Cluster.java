package crossbeat.series;

import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Incidents that hang together.
 *
 * @param nodes the incidents, earliest first
 * @param strength the log odds of the links of their strongest spanning tree, added up
 */
record Cluster(List<Node> nodes, double strength) {

    Set<String> ids() {
        return nodes.stream().map(node -> node.id).collect(Collectors.toSet());
    }

    long shared(Set<String> members) {
        return nodes.stream().filter(node -> members.contains(node.id)).count();
    }

    /** The other series that its incidents were told of in until now. */
    List<String> toldIn(String own) {
        return nodes.stream().map(node -> node.series).filter(name -> !name.isEmpty() && !name.equals(own)).distinct().toList();
    }

    List<String> districts() {
        return nodes.stream().map(node -> node.district).distinct().sorted().toList();
    }

    Node first() {
        return nodes.get(0);
    }

    Node last() {
        return nodes.get(nodes.size() - 1);
    }
}
