package crossbeat.linkage;

import crossbeat.geo.Sphere;
import java.util.ArrayList;
import java.util.List;

/**
 * How likely one hand did both of two deeds: log odds, a sum of log Bayes factors of distance, days, time of day and of
 * each field of how it was done. The same figures as jobs/linkage/model.py gives with contract.toml.
 */
public final class Likeness {
    private static final double DAY_MS = 86_400_000;
    private static final double ALIKE_HOURS = 2;
    /** Even quantiles of a window over which differences are averaged, as in jobs/linkage/features.py. */
    private static final int STEPS = 8;

    private final Weights weights;

    public Likeness(Weights weights) {
        this.weights = weights;
    }

    /** Pairs farther apart in metres have no score. */
    public double reachMetres() {
        return weights.reachMetres;
    }

    /** Pairs whose beginnings are more days apart have no score. */
    public double reachDays() {
        return weights.reachDays;
    }

    /** Log odds that one hand did both; symmetric; negative infinity beyond reach. */
    public double score(Deed a, Deed b) {
        double metres = Sphere.metres(a.lat(), a.lon(), b.lat(), b.lon());
        if (metres > weights.reachMetres
                || Math.abs(a.occurredFrom() - b.occurredFrom()) / DAY_MS > weights.reachDays) {
            return Double.NEGATIVE_INFINITY;
        }
        double sum = weights.prior
                + weights.metres.at(metres)
                + weights.days.at(daysApart(a, b, false))
                + weights.hours.at(24 * daysApart(a, b, true));
        for (int field = 0; field < weights.fields.length; field++) {
            sum += weights.fields[field].compare(a.done(field), b.done(field));
        }
        return sum;
    }

    /** The probability of log odds. */
    public static double probability(double score) {
        return 1 / (1 + Math.exp(-score));
    }

    /** What speaks for it: "140 m apart, 3 days, both by a rear window". */
    public String words(Deed a, Deed b) {
        List<String> told = new ArrayList<>();
        told.add(Math.round(Sphere.metres(a.lat(), a.lon(), b.lat(), b.lon())) + " m apart");
        told.add(days(daysApart(a, b, false)));
        if (24 * daysApart(a, b, true) <= ALIKE_HOURS) {
            told.add("at the same time of day");
        }
        for (int field = 0; field < weights.fields.length; field++) {
            String code = a.done(field);
            if (code != null && code.equals(b.done(field)) && weights.fields[field].told) {
                told.add(weights.fields[field].words(code));
            }
        }
        return String.join(", ", told);
    }

    private static String days(double apart) {
        boolean hours = apart < 1.5;
        long count = Math.round(hours ? apart * 24 : apart);
        return count + (hours ? " hour" : " day") + (count == 1 ? "" : "s");
    }

    /** The mean difference in days over both windows; by the clock alone, if so asked. */
    private static double daysApart(Deed a, Deed b, boolean clock) {
        double from = (a.occurredFrom() - b.occurredFrom()) / DAY_MS;
        double widthA = (a.occurredTo() - a.occurredFrom()) / DAY_MS;
        double widthB = (b.occurredTo() - b.occurredFrom()) / DAY_MS;
        if (widthA == 0 && widthB == 0) {
            return apart(from, clock);
        }
        double sum = 0;
        for (int i = 0; i < STEPS; i++) {
            for (int j = 0; j < STEPS; j++) {
                sum += apart(from + (widthA * (i + 0.5) - widthB * (j + 0.5)) / STEPS, clock);
            }
        }
        return sum / (STEPS * STEPS);
    }

    private static double apart(double days, boolean clock) {
        double size = Math.abs(days);
        if (!clock) {
            return size;
        }
        double rest = size % 1;
        return Math.min(rest, 1 - rest);
    }
}
