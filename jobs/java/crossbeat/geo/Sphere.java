package crossbeat.geo;

/** Distances on the mean-radius sphere, as every part of Crossbeat measures them. */
public final class Sphere {
    /** Mean radius of the Earth in metres (IUGG). */
    public static final double RADIUS_M = 6_371_008.8;

    /** Widens a reach by about a tenth of a millimetre, far above the rounding errors of the formulas. */
    static final double MARGIN_DEG = 1e-9;

    private Sphere() {}

    /** Great-circle distance in metres between two points in degrees, by the haversine formula. */
    public static double metres(double latA, double lonA, double latB, double lonB) {
        double phiA = Math.toRadians(latA);
        double phiB = Math.toRadians(latB);
        double byLat = Math.sin((phiB - phiA) / 2);
        double byLon = Math.sin(Math.toRadians(lonB - lonA) / 2);
        double chord = byLat * byLat + Math.cos(phiA) * Math.cos(phiB) * (byLon * byLon);
        return 2 * RADIUS_M * Math.asin(Math.min(1.0, Math.sqrt(chord)));
    }

    /** Degrees of latitude that a distance spans. */
    public static double degrees(double metres) {
        return Math.toDegrees(metres / RADIUS_M);
    }

    /**
     * Greatest difference of longitude in degrees between a point and any within its reach; 180 where a pole is.
     *
     * @param lat in degrees
     * @param reachDeg as {@link #degrees} gives it
     */
    public static double spread(double lat, double reachDeg) {
        if (Math.abs(lat) + reachDeg >= 90) {
            return 180;
        }
        double ratio = Math.sin(Math.toRadians(reachDeg)) / Math.cos(Math.toRadians(lat));
        return ratio >= 1 ? 180 : Math.toDegrees(Math.asin(ratio)) + MARGIN_DEG;
    }

    /** Mean longitude of two points in degrees, also across the 180th meridian. */
    public static double middle(double lonA, double lonB) {
        double mean = (lonA + lonB) / 2;
        if (Math.abs(lonA - lonB) <= 180) {
            return mean;
        }
        return mean > 0 ? mean - 180 : mean + 180;
    }
}
