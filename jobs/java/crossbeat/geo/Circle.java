package crossbeat.geo;

import java.util.List;

/** A circle around points: its middle in degrees, its radius in metres, rounded up to 0.1. */
public record Circle(double lat, double lon, double radius) {
    /** A point in degrees. */
    public record Point(double lat, double lon) {}

    /** The circle around the mean of the points that holds them all; there must be at least one. */
    public static Circle of(List<Point> points) {
        double reference = points.get(0).lon();
        double lat = points.stream().mapToDouble(Point::lat).sum() / points.size();
        double lon = points.stream().mapToDouble(each -> near(each.lon(), reference)).sum() / points.size();
        double middle = near(lon, 0);
        double widest = points.stream()
                .mapToDouble(each -> Sphere.metres(lat, middle, each.lat(), each.lon()))
                .max()
                .orElse(0);
        return new Circle(lat, middle, Math.ceil(widest * 10) / 10);
    }

    /** A longitude moved by whole turns to within 180 degrees of another, so that a mean of both makes sense. */
    private static double near(double lon, double other) {
        return lon - other > 180 ? lon - 360 : other - lon > 180 ? lon + 360 : lon;
    }
}
