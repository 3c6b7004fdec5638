package crossbeat.cluster;

import java.util.Comparator;

/**
 * A circle around a place and the time from {@code window} before the analysis to it.
 *
 * @param radius the number of its radius among the settings, and {@code window} that of its length
 * @param count how many incidents it holds
 * @param expected how many there would be if time and place had nothing to do with each other
 * @param ratio logarithm of the likelihood ratio: the greater, the less like chance
 */
record Cylinder(double lat, double lon, int place, int radius, int window, int count, double expected, double ratio) {
    /** The most likely cluster first; of equals the smallest, then by place, so that the order of arrival decides nothing. */
    static final Comparator<Cylinder> BEST = Comparator.comparingDouble((Cylinder one) -> -one.ratio)
            .thenComparingInt(Cylinder::radius)
            .thenComparingInt(Cylinder::window)
            .thenComparingDouble(Cylinder::lat)
            .thenComparingDouble(Cylinder::lon);

    /**
     * Logarithm of the Poisson generalised likelihood ratio of Kulldorff and others (2005); zero where there is no excess.
     *
     * @param total how many incidents there are, inside and outside
     */
    static double logRatio(int count, double expected, int total) {
        if (count <= expected) {
            return 0;
        }
        double outside = total - count;
        double rest = outside > 0 ? outside * Math.log(outside / (total - expected)) : 0;
        return count * Math.log(count / expected) + rest;
    }
}
