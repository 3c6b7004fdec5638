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

    private final int south;
    private final int north;
    private final int west;
    private final int width;

    /**
     * @param lat in degrees
     * @param lon in degrees
     * @param reachM how far the point looks around itself in metres
     */
    public Box(double lat, double lon, double reachM) {
        double reachDeg = Sphere.degrees(reachM);
        double spread = Sphere.spread(lat, reachDeg);
        south = steps(Math.max(-90, lat - reachDeg)) - SLACK;
        north = steps(Math.min(90, lat + reachDeg)) + SLACK;
        west = steps(lon - spread) - SLACK;
        long steps = (long) Math.ceil(2 * spread * STEPS_A_DEGREE) + 2 * SLACK;
        width = (int) Math.min(steps, 0xFFFF_FFFFL);
    }

    /** A latitude or a longitude in degrees as steps. */
    public static int steps(double degrees) {
        return (int) (long) Math.floor(degrees * STEPS_A_DEGREE);
    }

    /** The least latitude in it, in steps. */
    public int south() {
        return south;
    }

    /** The greatest latitude in it, in steps. */
    public int north() {
        return north;
    }

    /** Whether a longitude in steps lies in it. */
    public boolean holdsLon(int lon) {
        return Integer.compareUnsigned(lon - west, width) <= 0;
    }
}
