package crossbeat.alerts;

import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;

/** Two links of one incident, the centre, to two others: the smallest thing that an alert is raised for. */
record Triple(Link one, Link two) {
    /** The end that is earlier comes first, so that the order in which links arrive does not decide the wording. */
    Triple {
        if (Incident.BY_TIME.compare(one.other(), two.other()) > 0) {
            Link earlier = two;
            two = one;
            one = earlier;
        }
    }

    /** The least span first; where spans are equal, by the ids, so that the order of arrival decides nothing. */
    static final Comparator<Triple> BEST = Comparator.comparingLong(Triple::span).thenComparing(Triple::names);

    /** The centre, in the newer state of the two that the links say. */
    Incident centre() {
        return one.here().revision() >= two.here().revision() ? one.here() : two.here();
    }

    /** The three, earliest first. */
    List<Incident> incidents() {
        Incident[] three = {centre(), one.other(), two.other()};
        Arrays.sort(three, Incident.BY_TIME);
        return List.of(three);
    }

    /** Milliseconds from the first to the last. */
    long span() {
        List<Incident> three = incidents();
        return three.get(2).at() - three.get(0).at();
    }

    /** The greatest distance between any two of the three, in metres. */
    double widest() {
        return Math.max(one.other().metresTo(two.other()), Math.max(one.metres(), two.metres()));
    }

    /** Who is to be told, sorted: the owners of the three that may see them all. */
    List<String> recipients() {
        return incidents().stream()
                .map(Incident::district)
                .distinct()
                .filter(this::readBy)
                .sorted()
                .toList();
    }

    boolean readBy(String district) {
        return one.readBy(district) && two.readBy(district);
    }

    /** Whether it rests on a state of an incident from before a revision. */
    boolean holds(String id, int before) {
        return incidents().stream().anyMatch(each -> each.id().equals(id) && each.revision() < before);
    }

    /** Whether it says the same to a reader. */
    boolean same(Triple known) {
        List<Incident> mine = incidents();
        List<Incident> theirs = known.incidents();
        return centre().id().equals(known.centre().id())
                && mine.get(0).same(theirs.get(0))
                && mine.get(1).same(theirs.get(1))
                && mine.get(2).same(theirs.get(2));
    }

    private String names() {
        return incidents().stream().map(Incident::id).collect(Collectors.joining("\n"));
    }

    byte[] pack() {
        return Link.pack(List.of(one, two));
    }

    static Triple unpack(byte[] packed) {
        List<Link> links = Link.unpack(packed);
        return new Triple(links.get(0), links.get(1));
    }
}
