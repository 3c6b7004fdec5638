package crossbeat.cluster;

import crossbeat.geo.Sphere;
import java.util.ArrayList;
import java.util.List;

/** The scan at one moment, the end of a step, of what one recipient may see. */
final class Analysis {
    /** Those of the baseline, in order of time. */
    final List<Incident> incidents;

    private final Settings settings;
    private final Board board;
    private final long at;
    private Chance chance;

    private Analysis(Settings settings, Board board, List<Incident> incidents, long at) {
        this.settings = settings;
        this.board = board;
        this.incidents = incidents;
        this.at = at;
    }

    /** Those that an analysis counts with what was known by the end of the step. */
    static List<Incident> counted(Settings settings, List<Incident> all, long at) {
        List<Incident> counted = new ArrayList<>();
        for (Incident one : all) {
            if (one.known() <= at && counts(settings, one, at)) {
                counted.add(one);
            }
        }
        return counted;
    }

    /** Of those that it counts, in any order. */
    static Analysis of(Settings settings, Board board, List<Incident> counted, long at) {
        return new Analysis(settings, board, counted.stream().sorted(Incident.BY_TIME).toList(), at);
    }

    /** With what became known since then as well. */
    static Analysis corrected(Settings settings, Board board, List<Incident> all, long at) {
        return of(settings, board, all.stream().filter(one -> counts(settings, one, at)).toList(), at);
    }

    /** Whether it is in the baseline. */
    private static boolean counts(Settings settings, Incident one, long at) {
        return !one.gone() && one.at() > at - settings.baseline() && one.at() <= at;
    }

    /**
     * Whether {@link #candidates} may give any: whether so many lie around one that is new as a cylinder must hold. Most that
     * comes lies alone, and then nothing need be put in order.
     */
    static boolean mayStandOut(Settings settings, List<Incident> counted, long at) {
        List<Incident> recent = new ArrayList<>();
        for (Incident one : counted) {
            if (one.at() > at - settings.longest()) {
                recent.add(one);
            }
        }
        for (Incident one : counted) {
            if (one.known() != at) {
                continue;
            }
            int near = 0;
            for (Incident other : recent) {
                if (near(settings, other, one) && ++near >= settings.incidents()) {
                    return true;
                }
            }
        }
        return false;
    }

    /** Whether enough is known to say anything. */
    boolean enough() {
        return !incidents.isEmpty() && at - incidents.get(0).at() >= settings.least();
    }

    /**
     * The cylinders that hold something which this step brought and may stand out, the most likely first. One that holds
     * nothing new was judged when its last incident was. Counted is only where the new ones lie: a cylinder that holds one
     * has its middle within the greatest radius of it, and all that it holds within two.
     */
    List<Cylinder> candidates() {
        List<Incident> fresh =
                incidents.stream().filter(one -> one.known() == at && crowded(one)).toList();
        List<Cylinder> found = new ArrayList<>();
        if (!fresh.isEmpty()) {
            List<Incident> around = incidents.stream()
                    .filter(one -> fresh.stream().anyMatch(each -> near(settings, one, each)))
                    .toList();
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
            if (other.at() > at - settings.longest() && near(settings, other, one)) {
                if (other.district().equals(board.recipient)) {
                    own++;
                } else {
                    others++;
                }
            }
        }
        return settings.enough(own + others, own);
    }

    /** Whether one cylinder may hold both; the latitudes alone rule out most. */
    private static boolean near(Settings settings, Incident one, Incident other) {
        double reach = 2 * settings.reach();
        return Math.abs(one.lat() - other.lat()) <= Sphere.degrees(reach) + 1e-9
                && one.metresTo(other.lat(), other.lon()) <= reach;
    }

    /** What a cylinder holds, in order of time. */
    List<Incident> members(Cylinder cylinder) {
        return incidents.stream().filter(one -> inside(one, cylinder)).toList();
    }

    private boolean inside(Incident one, Cylinder cylinder) {
        return one.at() > at - settings.windows()[cylinder.window()]
                && one.metresTo(cylinder.lat(), cylinder.lon()) <= settings.radii()[cylinder.radius()];
    }

    /** What a standing cluster holds, in order of time. */
    List<Incident> members(Standing cluster) {
        return incidents.stream().filter(cluster::holds).toList();
    }

    /** How many a standing cluster would hold if time and place had nothing to do with each other. */
    double expected(Standing cluster) {
        double near = incidents.stream().filter(cluster::near).count();
        double recent = incidents.stream().filter(one -> one.at() > cluster.from()).count();
        return near * recent / incidents.size();
    }

    /** The ratio of a standing cluster, or zero if it holds too few of one side. */
    double ratio(Standing cluster) {
        List<Incident> members = members(cluster);
        long own = members.stream().filter(one -> one.district().equals(board.recipient)).count();
        return settings.enough(members.size(), (int) own)
                ? Cylinder.logRatio(members.size(), expected(cluster), incidents.size())
                : 0;
    }

    /** How seldom chance makes as strong a cluster, in milliseconds; zero where it does too often to be told of. */
    double recurrence(double ratio) {
        if (ratio <= 0 || !enough()) {
            return 0;
        }
        if (chance == null) {
            Scan scan = new Scan(settings, board.recipient, at, incidents, incidents);
            if (scan.blind()) {
                return 0;
            }
            // Key and step are the seed, so that a replay draws the same.
            long seed = 31L * (board.recipient + "|" + board.category).hashCode() + at;
            chance = Chance.of(scan, settings.incidents(), settings.replicas(), seed);
        }
        double probability = chance.probability(ratio);
        return probability > settings.significance() ? 0 : settings.step() / Math.max(probability, Double.MIN_NORMAL);
    }

    /** Has the board know what a test found, if there was one. */
    void note() {
        if (chance != null) {
            board.tested = incidents.size();
            board.testedAt = at;
            board.bound = chance.quantile(settings.significance());
        }
    }
}
