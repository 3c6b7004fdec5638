package crossbeat.cluster;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * What the scan statistic is when time and place have nothing to do with each other: the statistics of so many random
 * permutations of the times among the incidents, and a Gumbel distribution with their mean and variance, by which p-values
 * beyond the number of permutations can be told (Abrams, Kulldorff and Kleinman 2010). Where most permutations bring no
 * cluster at all they have no such distribution: then, and wherever it is less, {@link Tail} says what is the most it can be.
 */
final class Chance {
    private static final double EULER = 0.5772156649015329;

    /** The share of permutations that must bring any cluster at all, for their distribution to tell of its own tail. */
    private static final double ENOUGH = 0.95;

    private final double[] greatest;
    private final Tail tail;
    private final boolean told;
    private final double location;
    private final double scale;

    private Chance(double[] greatest, Tail tail) {
        this.greatest = greatest;
        this.tail = tail;
        double mean = Arrays.stream(greatest).sum() / greatest.length;
        double variance = 0;
        for (double one : greatest) {
            variance += (one - mean) * (one - mean) / (greatest.length - 1);
        }
        scale = Math.max(1e-9, Math.sqrt(6 * variance) / Math.PI);
        location = mean - EULER * scale;
        told = Arrays.stream(greatest).filter(one -> one > 0).count() >= ENOUGH * greatest.length;
    }

    /** The seed decides all: a replay draws the same permutations. */
    static Chance of(Scan scan, int incidents, int replicas, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        byte[] permuted = scan.ages.clone();
        double[] greatest = new double[replicas];
        for (int replica = 0; replica < replicas; replica++) {
            for (int i = permuted.length - 1; i > 0; i--) {
                int j = random.nextInt(i + 1);
                byte held = permuted[i];
                permuted[i] = permuted[j];
                permuted[j] = held;
            }
            greatest[replica] = scan.greatest(permuted);
        }
        return new Chance(greatest, new Tail(scan.margins(), incidents));
    }

    /** How probable a statistic as great is, but never less than the share of permutations that reached it. */
    double probability(double ratio) {
        double reached = Arrays.stream(greatest).filter(one -> one >= ratio).count();
        double beyond = tail.probability(ratio);
        if (told) {
            beyond = Math.min(beyond, -Math.expm1(-Math.exp(-(ratio - location) / scale)));
        }
        return Math.max(beyond, reached / (greatest.length + 1));
    }

    /** The statistic that chance reaches with that probability, or a greater one. */
    double quantile(double probability) {
        double greatest = tail.quantile(probability);
        return told ? Math.min(greatest, location - scale * Math.log(-Math.log1p(-probability))) : greatest;
    }
}
