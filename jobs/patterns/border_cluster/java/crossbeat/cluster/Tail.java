package crossbeat.cluster;

import java.util.List;

/**
 * The most that the probability of a statistic can be where time and place have nothing to do with each other: the sum over
 * all cylinders of the exact (hypergeometric) probability that it alone reaches it. Cylinders overlap, so this says more
 * than is true, but it needs no permutation and no assumption, and holds where permutations are far too few to tell.
 */
final class Tail {
    private static final double NEGLIGIBLE = 1e-12;

    private final List<Margin> margins;
    private final int incidents;
    /** Logarithms of factorials. */
    private final double[] factorial;

    /** {@code incidents} is how many a cylinder of the family holds at least. */
    Tail(List<Margin> margins, int incidents) {
        this.margins = margins;
        this.incidents = incidents;
        factorial = new double[margins.stream().mapToInt(Margin::total).max().orElse(0) + 1];
        for (int n = 1; n < factorial.length; n++) {
            factorial[n] = factorial[n - 1] + Math.log(n);
        }
    }

    /** The probability of a statistic as great, or more. */
    double probability(double ratio) {
        double sum = 0;
        for (Margin one : margins) {
            int least = least(one, ratio);
            if (least >= 0) {
                sum += one.cylinders() * reaches(one, least);
            }
        }
        return Math.min(1, sum);
    }

    /** The statistic that chance reaches no more often than so, to a thousandth. */
    double quantile(double probability) {
        double low = 0;
        double high = 1;
        while (probability(high) > probability) {
            low = high;
            high *= 2;
        }
        while (high - low > 1e-3) {
            double middle = (low + high) / 2;
            if (probability(middle) > probability) {
                low = middle;
            } else {
                high = middle;
            }
        }
        return high;
    }

    /** The least count that gives such a ratio, or -1 if none does: the ratio grows with the count. */
    private int least(Margin one, double ratio) {
        double expected = (double) one.row() * one.column() / one.total();
        int low = Math.max(incidents, (int) Math.floor(expected) + 1);
        int high = Math.min(one.row(), one.column());
        if (low > high || Cylinder.logRatio(high, expected, one.total()) < ratio) {
            return -1;
        }
        while (low < high) {
            int middle = (low + high) / 2;
            if (Cylinder.logRatio(middle, expected, one.total()) < ratio) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        return low;
    }

    /** The probability that a cylinder holds so many or more, above what is expected: its terms only fall. */
    private double reaches(Margin one, int least) {
        double sum = 0;
        for (int count = least; count <= Math.min(one.row(), one.column()); count++) {
            double term = Math.exp(choose(one.row(), count)
                    + choose(one.total() - one.row(), one.column() - count)
                    - choose(one.total(), one.column()));
            sum += term;
            if (term < NEGLIGIBLE * sum) {
                break;
            }
        }
        return sum;
    }

    private double choose(int of, int some) {
        return some < 0 || some > of ? Double.NEGATIVE_INFINITY : factorial[of] - factorial[some] - factorial[of - some];
    }
}
