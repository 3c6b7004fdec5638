package crossbeat.geo;

import java.util.Arrays;

/**
 * Cells of about one size over the whole globe: bands of latitude, each cut into as many cells as are at least that
 * wide at the band's narrower edge. Cells have a total order by their number (band, then longitude).
 *
 * <p>A record goes to its home cell and to every cell <em>of a lower number</em> that its reach touches. Of two records
 * within reach the one with the higher home therefore always comes to the home of the other, and only there do both
 * meet with at least one at home: the pair is found in exactly one cell, whichever record arrives first.
 */
public final class Grid {
    private final double bandDeg;
    private final int bands;
    private final double reachDeg;

    /**
     * @param cellM height and least width of a cell in metres
     * @param reachM how far a record looks around itself in metres
     */
    public Grid(double cellM, double reachM) {
        if (!(cellM > 0) || !(reachM >= 0) || reachM > 5_000_000) {
            throw new IllegalArgumentException("cell must be above 0 m and reach from 0 to 5,000,000 m");
        }
        bandDeg = Sphere.degrees(cellM);
        bands = (int) Math.ceil(180 / bandDeg);
        reachDeg = Sphere.degrees(reachM) + Sphere.MARGIN_DEG;
    }

    /** The cell that a point in degrees lies in. */
    public long home(double lat, double lon) {
        int band = band(lat);
        int width = width(band);
        return number(band, Math.floorMod(column(lon, width), width));
    }

    /** The home cell of a point, then each lower cell within its reach, without repeats. */
    public long[] cells(double lat, double lon) {
        long home = home(lat, lon);
        long[] found = new long[8];
        found[0] = home;
        int count = 1;
        int first = band(lat - reachDeg);
        int last = (int) (home >> 32);
        double spread = Sphere.spread(lat, reachDeg);
        for (int band = first; band <= last; band++) {
            int width = width(band);
            long from = column(lon - spread, width);
            long to = column(lon + spread, width);
            if (spread >= 180 || to - from + 1 >= width) {
                from = 0;
                to = width - 1;
            }
            for (long column = from; column <= to; column++) {
                long cell = number(band, Math.floorMod(column, width));
                if (cell < home) {
                    if (count == found.length) {
                        found = Arrays.copyOf(found, 2 * count);
                    }
                    found[count++] = cell;
                }
            }
        }
        return Arrays.copyOf(found, count);
    }

    /** Every cell within a point's reach, its own among them: where all that is near it lies at home. */
    public long[] around(double lat, double lon) {
        long[] found = new long[9];
        int count = 0;
        double spread = Sphere.spread(lat, reachDeg);
        int last = band(lat + reachDeg);
        for (int band = band(lat - reachDeg); band <= last; band++) {
            int width = width(band);
            long from = column(lon - spread, width);
            long wide = spread >= 180 ? width : Math.min(width, column(lon + spread, width) - from + 1);
            for (long column = from; column < from + wide; column++) {
                if (count == found.length) {
                    found = Arrays.copyOf(found, 2 * count);
                }
                found[count++] = number(band, Math.floorMod(column, width));
            }
        }
        return Arrays.copyOf(found, count);
    }

    private int band(double lat) {
        return Math.max(0, Math.min(bands - 1, (int) Math.floor((lat + 90) / bandDeg)));
    }

    /** How many cells a band has: each at least as wide as high, also at the edge that is nearer to a pole. */
    private int width(int band) {
        double edge = Math.max(Math.abs(band * bandDeg - 90), Math.abs((band + 1) * bandDeg - 90));
        return edge >= 90 ? 1 : Math.max(1, (int) (360 / bandDeg * Math.cos(Math.toRadians(edge))));
    }

    private static long column(double lon, int width) {
        return (long) Math.floor((lon + 180) / 360 * width);
    }

    private static long number(int band, long column) {
        return ((long) band << 32) | column;
    }
}
