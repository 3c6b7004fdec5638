package crossbeat.series;

/**
 * When a series is worth telling of.
 *
 * @param leastStrength least log odds of all the links that hold it together
 * @param leastIncidents fewest incidents
 * @param reachMs greatest time between the ends of a link, in milliseconds: after so long nothing can join it
 */
record Rule(double leastStrength, int leastIncidents, long reachMs) {

    /** Whether a recipient is told of it: its evidence is strong enough, and part of it is the recipient's own. */
    boolean tells(Cluster cluster, String recipient) {
        return cluster.nodes().size() >= leastIncidents
                && cluster.strength() >= leastStrength
                && cluster.nodes().stream().anyMatch(node -> node.district.equals(recipient));
    }
}
