package crossbeat.cluster;

import crossbeat.geo.Sphere;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** The scan at the end of one step, of what one recipient may see and knew by then. */
final class Analysis {
    final List<Incident> incidents;
    private final Settings settings;
    private final Board board;
    private final long at;

    /** {@code incidents} are those of the baseline, in order of time; {@code at} is the end of the step. */
    Analysis(Settings settings, Board board, List<Incident> incidents, long at) {
        this.settings = settings;
        this.board = board;
        this.incidents = incidents;
        this.at = at;
    }

    /**
     * The cylinders that hold something which this step brought and may stand out, the most likely first. One that holds
     * nothing new was judged when its last incident was. Counted is only where the new ones lie: a cylinder that holds one
     * has its middle within the greatest radius of it, and all that it holds within two.
     */
    List<Cylinder> candidates() {
        List<Incident> fresh =
                incidents.stream().filter(one -> one.known() == at && crowded(one)).toList();
        List<Incident> around = fresh.isEmpty()
                ? List.of()
                : incidents.stream()
                        .filter(one -> fresh.stream().anyMatch(each -> near(one, each)))
                        .toList();
        List<Cylinder> found = new ArrayList<>();
        if (!fresh.isEmpty()) {
            Scan scan = new Scan(settings, board.recipient, at, incidents, around);
            for (Cylinder one : scan.above(board.worthATest(incidents.size(), at))) {
                if (fresh.stream().anyMatch(each -> inside(each, one))) {
                    found.add(one);
                }
            }
        }
        found.sort(Cylinder.BEST);
        return found;
    }

    /** Whether so much lies around it that a cylinder may hold enough of both sides: most of what comes has no more to do. */
    private boolean crowded(Incident one) {
        int own = 0;
        int others = 0;
        for (Incident other : incidents) {
            if (other.at() > at - settings.longest() && near(other, one)) {
                if (other.district().equals(board.recipient)) {
                    own++;
                } else {
                    others++;
                }
            }
        }
        return own + others >= settings.incidents() && own >= settings.eachSide() && others >= settings.eachSide();
    }

    /** Whether one cylinder may hold both; the latitudes alone rule out most. */
    private boolean near(Incident one, Incident other) {
        double reach = 2 * settings.reach();
        return Math.abs(one.lat() - other.lat()) <= Sphere.degrees(reach) + 1e-9
                && one.metresTo(other.lat(), other.lon()) <= reach;
    }

    /** What a cylinder holds, in order of time. */
    List<Incident> members(Cylinder cylinder) {
        return incidents.stream().filter(one -> inside(one, cylinder)).toList();
    }

    /** The Monte Carlo test, whose result the board keeps. Key and step are its seed, so that a replay draws the same. */
    Chance chance() {
        Scan scan = new Scan(settings, board.recipient, at, incidents, incidents);
        long seed = 31L * (board.recipient + "|" + board.category).hashCode() + at;
        Chance chance = Chance.of(scan, settings.replicas(), seed);
        board.tested = incidents.size();
        board.testedAt = at;
        board.bound = chance.quantile(settings.significance());
        return chance;
    }

    /** The cluster to be told of, or null where chance makes its like too often; {@code same} is its state till now. */
    Standing standing(Cylinder cylinder, List<Incident> members, Chance chance, Standing same) {
        double probability = chance.probability(cylinder.ratio());
        if (probability > settings.significance()) {
            return null;
        }
        List<String> ids = members.stream().map(Incident::id).toList();
        Set<String> absorbed = new LinkedHashSet<>(same == null ? List.of() : same.absorbed());
        absorbed.addAll(ids);
        // Named by its first incident and the analysis that found it: both the same in a replay.
        String identity = same == null ? board.category + "|" + ids.get(0) + "|" + at : same.identity();
        long days = settings.windows()[cylinder.window()];
        return new Standing(
                identity,
                cylinder.lat(),
                cylinder.lon(),
                settings.radii()[cylinder.radius()],
                at - days,
                at,
                days,
                chance.quantile(settings.significance()),
                settings.step() / probability,
                at,
                districts(members),
                ids,
                List.copyOf(absorbed));
    }

    /** The ratio of the cylinder of a standing cluster among these incidents, or zero if it holds too few of them. */
    static double ratio(Standing standing, Settings settings, String recipient, List<Incident> incidents) {
        int row = 0;
        int column = 0;
        int count = 0;
        int own = 0;
        for (Incident one : incidents) {
            boolean near = one.metresTo(standing.lat(), standing.lon()) <= standing.radius();
            boolean recent = one.at() > standing.from();
            row += near ? 1 : 0;
            column += recent ? 1 : 0;
            count += near && recent ? 1 : 0;
            own += near && recent && one.district().equals(recipient) ? 1 : 0;
        }
        boolean enough = count >= settings.incidents() && own >= settings.eachSide() && count - own >= settings.eachSide();
        int total = incidents.size();
        return enough ? Cylinder.logRatio(count, (double) row * column / total, total) : 0;
    }

    /** Those of the baseline of an analysis that were known by some step, in order of time. */
    static List<Incident> counted(List<Incident> all, Settings settings, long analysis, long knownBy) {
        return all.stream()
                .filter(one -> !one.gone() && one.known() <= knownBy && one.at() > analysis - settings.baseline())
                .sorted(Incident.BY_TIME)
                .toList();
    }

    /** The districts that they are of, sorted. */
    static List<String> districts(List<Incident> members) {
        return members.stream().map(Incident::district).distinct().sorted().toList();
    }

    private boolean inside(Incident one, Cylinder cylinder) {
        return one.at() > at - settings.windows()[cylinder.window()]
                && one.metresTo(cylinder.lat(), cylinder.lon()) <= settings.radii()[cylinder.radius()];
    }
}
