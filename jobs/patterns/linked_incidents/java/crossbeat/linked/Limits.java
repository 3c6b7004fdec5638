package crossbeat.linked;

import crossbeat.geo.Sphere;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Map;

/**
 * How near two incidents must be to be a pair, which two neighbouring districts may want to be another than all others.
 *
 * <p>The test belongs here and not behind the join: what ends a pair must know that it is one no more.
 */
final class Limits {
    private static final double DAY_MS = 86_400_000;

    /** Greatest distance in metres, greatest difference of time in milliseconds. */
    record Limit(double metres, long windowMs) {
        boolean holds(Incident a, long time, double lat, double lon) {
            return Math.abs(a.time - time) <= windowMs && Sphere.metres(a.lat, a.lon, lat, lon) <= metres;
        }
    }

    private final Limit usual;
    private final Map<String, Limit> own = new HashMap<>();

    /** What is for pairs is a text like {@code north~south=250.0 north~west=800.0}, in metres and in days. */
    Limits(double metres, long windowMs, String metresByPair, String daysByPair) {
        usual = new Limit(metres, windowMs);
        values(metresByPair).forEach((pair, value) -> own.put(pair, new Limit(value, windowMs)));
        values(daysByPair).forEach((pair, value) ->
                own.put(pair, new Limit(own.getOrDefault(pair, usual).metres(), (long) (value * DAY_MS))));
    }

    /** What holds between the owners of two incidents. */
    Limit between(Incident a, Incident b) {
        if (own.isEmpty()) {
            return usual;
        }
        String one = text(a.district);
        String other = text(b.district);
        return own.getOrDefault(one.compareTo(other) < 0 ? one + "~" + other : other + "~" + one, usual);
    }

    /** Whether two incidents are near enough. */
    boolean near(Incident a, Incident b) {
        return between(a, b).holds(a, b.time, b.lat, b.lon);
    }

    /** Whether all districts want the same. */
    boolean same() {
        return own.isEmpty();
    }

    private static Map<String, Double> values(String text) {
        Map<String, Double> found = new HashMap<>();
        for (String part : text.isEmpty() ? new String[0] : text.split(" ")) {
            int at = part.indexOf('=');
            found.put(part.substring(0, at), Double.valueOf(part.substring(at + 1)));
        }
        return found;
    }

    private static String text(byte[] name) {
        return new String(name, StandardCharsets.UTF_8);
    }
}
