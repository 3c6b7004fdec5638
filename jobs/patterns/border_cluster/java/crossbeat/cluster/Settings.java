package crossbeat.cluster;

import java.util.Arrays;

/**
 * The settings of the pattern, as one text that the query makes and the state of a key holds: no constant of the query
 * reaches a timer otherwise.
 *
 * @param radii the radii of the cylinders in metres, smallest first
 * @param windows their lengths of time in milliseconds, shortest first
 * @param incidents how many incidents a cluster must hold
 * @param eachSide how many of them the recipient must own, and others too
 * @param baseline how long incidents are remembered, in milliseconds
 * @param least how much of it must be known before anything is said
 * @param step one analysis a step, in milliseconds
 * @param recurrence a cluster is told of if chance makes its like no more often than once in so long, in milliseconds
 * @param replicas how many permutations a Monte Carlo test takes
 * @param growth by which factor a cluster must have grown to be told of again
 */
record Settings(
        double[] radii,
        long[] windows,
        int incidents,
        int eachSide,
        long baseline,
        long least,
        long step,
        long recurrence,
        int replicas,
        double growth) {
    private static final double DAY_MS = 86_400_000;

    static Settings of(String text) {
        String[] part = text.split("/");
        String[] one = part[2].trim().split("\\s+");
        return new Settings(
                numbers(part[0]),
                Arrays.stream(numbers(part[1])).mapToLong(days -> Math.round(days * DAY_MS)).toArray(),
                Integer.parseInt(one[0]),
                Integer.parseInt(one[1]),
                days(one[2]),
                days(one[3]),
                Math.round(Double.parseDouble(one[4]) * DAY_MS / 24),
                days(one[5]),
                Integer.parseInt(one[6]),
                Double.parseDouble(one[7]));
    }

    double reach() {
        return radii[radii.length - 1];
    }

    long longest() {
        return windows[windows.length - 1];
    }

    /** How long an incident is kept: a cluster is corrected by what was usual when it was told of. */
    long keep() {
        return 2 * baseline;
    }

    /** Whether so many incidents, so many of them the recipient's, are a cluster at its border. */
    boolean enough(int count, int own) {
        return count >= incidents && own >= eachSide && count - own >= eachSide;
    }

    /** The greatest p-value of an analysis whose cluster is told of. */
    double significance() {
        return Math.min(1, (double) step / recurrence);
    }

    /** The end of the step that a moment falls in: the analysis that first knows what was recorded then. */
    long stepOf(long at) {
        return -Math.floorDiv(-at, step) * step;
    }

    private static double[] numbers(String text) {
        return Arrays.stream(text.trim().split("\\s+")).mapToDouble(Double::parseDouble).sorted().toArray();
    }

    private static long days(String number) {
        return Math.round(Double.parseDouble(number) * DAY_MS);
    }
}
