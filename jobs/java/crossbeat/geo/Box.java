package crossbeat.geo;

/**
 * The rectangle around a point that holds all within its reach, for a quick look at many points before a distance is
 * computed. Points are given in steps, whole numbers of which a full turn has two to the power of 32, each about a
 * centimetre: a difference of longitudes is right across the 180th meridian by their overflow.
 */
public final class Box {
    private static final double STEPS_A_DEGREE = 0x1p32 / 360;
    /** Steps are rounded down and reaches computed: each edge gives way by some. */
    private static final int SLACK = 2;

    private final int latFrom;
    private final int lonFrom;
    private final int latSpan;
    private final int lonSpan;

    /**
     * @param lat in degrees
     * @param lon in degrees
     * @param reachM how far the point looks around itself in metres
     */
    public Box(double lat, double lon, double reachM) {
        double reachDeg = Sphere.degrees(reachM);
        double spread = Sphere.spread(lat, reachDeg);
        latFrom = steps(lat - reachDeg) - SLACK;
        latSpan = span(reachDeg);
        lonFrom = steps(lon - spread) - SLACK;
        lonSpan = spread >= 180 ? -1 : span(spread);
    }

    /** A latitude or a longitude in degrees as steps. */
    public static int steps(double degrees) {
        return (int) (long) Math.floor(degrees * STEPS_A_DEGREE);
    }

    /** Whether a point in steps may be within reach; one that is not may be told so only by its distance. */
    public boolean mayHold(int lat, int lon) {
        return Integer.compareUnsigned(lat - latFrom, latSpan) <= 0 && Integer.compareUnsigned(lon - lonFrom, lonSpan) <= 0;
    }

    private static int span(double halfDeg) {
        long steps = (long) Math.ceil(2 * halfDeg * STEPS_A_DEGREE) + 2 * SLACK;
        return steps > 0xFFFF_FFFFL ? -1 : (int) steps;
    }
}
