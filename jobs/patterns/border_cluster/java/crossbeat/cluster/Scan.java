package crossbeat.cluster;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * The space-time permutation scan over the incidents of one key: counts what each cylinder holds and expects (incidents of
 * its circle at any time) × (incidents of its days anywhere) / (all). Its family: cylinders around a place with an incident in
 * their days, that hold enough incidents of the recipient and of others, and no more than half of all places' incidents.
 *
 * <p>An age is the number of the shortest window that holds an incident, or the count of windows where it is older.
 */
final class Scan {
    /** The age of each incident that cylinders are counted of. */
    final byte[] ages;

    private final Settings settings;
    private final Ground ground;
    private final boolean[] mine;
    private final int radii;
    private final int windows;
    /** How many incidents there are, with those that no cylinder is counted of; and these by their age. */
    private final int total;

    private final int[] elsewhere;
    /** Incidents of any time by place and radius. */
    private final int[] rows;
    /** Incidents by place, ring and age, and those of the recipient among them: emptied after each use. */
    private final int[] counts;

    private final int[] own;
    /** The age of the youngest incident of a place. */
    private final int[] youngest;

    /**
     * Prepares the cylinders around some of all incidents at one moment, {@code at}. Of a part, those cylinders are right
     * whose circle lies within it. All are in order of time, and there must be one.
     */
    Scan(Settings settings, String recipient, long at, List<Incident> all, List<Incident> part) {
        this.settings = settings;
        long span = at - all.get(0).at();
        radii = settings.radii().length;
        // Half of what is known at most, or there is nothing to compare with.
        windows = (int) Arrays.stream(settings.windows()).filter(window -> 2 * window <= span).count();
        ground = Ground.of(part, settings.radii());
        mine = new boolean[part.size()];
        ages = new byte[mine.length];
        total = all.size();
        elsewhere = new int[windows + 1];
        all.forEach(one -> elsewhere[age(at - one.at())]++);
        for (int i = 0; i < mine.length; i++) {
            mine[i] = part.get(i).district().equals(recipient);
            ages[i] = age(at - part.get(i).at());
            elsewhere[ages[i]]--;
        }
        rows = new int[ground.places() * radii];
        counts = new int[rows.length * windows];
        own = new int[counts.length];
        youngest = new int[ground.places()];
        Arrays.fill(youngest, windows);
        countRows();
    }

    private void countRows() {
        for (int at : ground.place) {
            for (int n = 0; n < ground.near[at].length; n++) {
                rows[ground.near[at][n] * radii + ground.ring[at][n]]++;
            }
        }
        for (int place = 0; place < ground.places(); place++) {
            for (int radius = 1; radius < radii; radius++) {
                rows[place * radii + radius] += rows[place * radii + radius - 1];
            }
        }
    }

    private byte age(long before) {
        int age = 0;
        while (age < windows && before >= settings.windows()[age]) {
            age++;
        }
        return (byte) age;
    }

    /** The scan statistic: the greatest ratio of the family; zero where it is empty. */
    double greatest(byte[] permuted) {
        double[] greatest = {0};
        each(permuted, 0, one -> greatest[0] = Math.max(greatest[0], one.ratio()));
        return greatest[0];
    }

    /** The cylinders whose ratio is so great at least, in no order. */
    List<Cylinder> above(double bound) {
        List<Cylinder> found = new ArrayList<>();
        each(ages, bound, found::add);
        return found;
    }

    /** Whether enough is known for any length of time to be judged. */
    boolean blind() {
        return windows == 0;
    }

    /**
     * What each of its cylinders can hold: how many incidents its circle and its days have, and of how many cylinders. It
     * does not depend on which incidents lie where in time, so that it holds for all permutations alike.
     */
    List<Margin> margins() {
        int[] columns = elsewhere.clone();
        for (byte age : ages) {
            columns[age]++;
        }
        Map<Integer, Integer> places = new TreeMap<>();
        for (int row : rows) {
            if (2 * row <= total) {
                places.merge(row, 1, Integer::sum);
            }
        }
        List<Margin> found = new ArrayList<>();
        int column = 0;
        for (int window = 0; window < windows; window++) {
            column += columns[window];
            for (Map.Entry<Integer, Integer> each : places.entrySet()) {
                found.add(new Margin(each.getKey(), column, total, each.getValue()));
            }
        }
        return found;
    }

    private void each(byte[] ages, double bound, Consumer<Cylinder> visit) {
        int[] columns = elsewhere.clone();
        for (int i = 0; i < ages.length; i++) {
            columns[ages[i]]++;
            if (ages[i] < windows) {
                count(ground.place[i], ages[i], mine[i], 1);
            }
        }
        for (int window = 1; window < windows; window++) {
            columns[window] += columns[window - 1];
        }
        for (int place = 0; place < youngest.length; place++) {
            if (youngest[place] < windows) {
                judge(place, columns, bound, visit);
            }
        }
        for (int i = 0; i < ages.length; i++) {
            if (ages[i] < windows) {
                count(ground.place[i], ages[i], mine[i], -1);
                youngest[ground.place[i]] = windows;
            }
        }
    }

    private void count(int at, int age, boolean ofRecipient, int by) {
        youngest[at] = Math.min(youngest[at], age);
        int[] near = ground.near[at];
        byte[] ring = ground.ring[at];
        for (int n = 0; n < near.length; n++) {
            int cell = (near[n] * radii + ring[n]) * windows + age;
            counts[cell] += by;
            if (ofRecipient) {
                own[cell] += by;
            }
        }
    }

    /** The cylinders around one place: sums over rings and ages give what each holds. */
    private void judge(int place, int[] columns, double bound, Consumer<Cylinder> visit) {
        int[] held = new int[windows];
        int[] ofRecipient = new int[windows];
        for (int radius = 0; radius < radii; radius++) {
            int row = rows[place * radii + radius];
            if (2 * row > total) {
                return;
            }
            int count = 0;
            int owned = 0;
            for (int window = 0; window < windows; window++) {
                int cell = (place * radii + radius) * windows + window;
                held[window] += counts[cell];
                ofRecipient[window] += own[cell];
                count += held[window];
                owned += ofRecipient[window];
                if (settings.enough(count, owned) && youngest[place] <= window) {
                    double expected = (double) row * columns[window] / total;
                    double ratio = Cylinder.logRatio(count, expected, total);
                    if (ratio > 0 && ratio >= bound) {
                        visit.accept(new Cylinder(
                                ground.lat[place], ground.lon[place], place, radius, window, count, expected, ratio));
                    }
                }
            }
        }
    }
}
