package crossbeat.cluster;

import crossbeat.geo.Sphere;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The places of the incidents and which lie near which: the centres of the cylinders. Incidents of one point share a
 * place. A permutation of times changes nothing of it, so that it is worked out once an analysis.
 */
final class Ground {
    private static final double STEP_DEG = 1e-6;

    /** The place of each incident. */
    final int[] place;
    /** Of each place those within the greatest radius, itself among them. */
    final int[][] near;
    /** Beside each of them the smallest radius that holds it, by its number. */
    final byte[][] ring;
    final double[] lat;
    final double[] lon;

    private Ground(int[] place, double[] lat, double[] lon, double[] radii) {
        this.place = place;
        this.lat = lat;
        this.lon = lon;
        near = new int[lat.length][];
        ring = new byte[lat.length][];
        join(radii);
    }

    static Ground of(List<Incident> incidents, double[] radii) {
        Map<List<Double>, Integer> numbers = new HashMap<>();
        int[] place = new int[incidents.size()];
        double[] lat = new double[place.length];
        double[] lon = new double[place.length];
        for (int i = 0; i < place.length; i++) {
            Incident one = incidents.get(i);
            int number = numbers.computeIfAbsent(List.of(one.lat(), one.lon()), unseen -> numbers.size());
            place[i] = number;
            lat[number] = one.lat();
            lon[number] = one.lon();
        }
        int count = numbers.size();
        return new Ground(place, Arrays.copyOf(lat, count), Arrays.copyOf(lon, count), radii);
    }

    int places() {
        return lat.length;
    }

    /** Holds each place against those whose latitude is near enough, in order of latitude. */
    private void join(double[] radii) {
        double reach = radii[radii.length - 1];
        double degrees = Sphere.degrees(reach) + 1e-9;
        double wide = wide(degrees);
        int[] order = byLatitude();
        int[] many = new int[lat.length];
        int[] pairs = new int[3 * 4 * lat.length]; // place, place, ring
        int length = 0;
        for (int i = 0; i < order.length; i++) {
            int a = order[i];
            for (int j = i; j < order.length && lat[order[j]] - lat[a] <= degrees + STEP_DEG; j++) {
                int b = order[j];
                double apart = Math.abs(lon[b] - lon[a]);
                if (Math.min(apart, 360 - apart) > wide) {
                    continue; // an angle is compared sooner than a distance is worked out
                }
                double metres = Sphere.metres(lat[a], lon[a], lat[b], lon[b]);
                if (metres <= reach) {
                    if (length == pairs.length) {
                        pairs = Arrays.copyOf(pairs, 2 * length);
                    }
                    pairs[length++] = a;
                    pairs[length++] = b;
                    pairs[length++] = smallest(radii, metres);
                    many[a]++;
                    many[b] += a == b ? 0 : 1;
                }
            }
        }
        for (int place = 0; place < many.length; place++) {
            near[place] = new int[many[place]];
            ring[place] = new byte[many[place]];
        }
        for (int at = 0; at < length; at += 3) {
            put(pairs[at], pairs[at + 1], pairs[at + 2], many);
            if (pairs[at] != pairs[at + 1]) {
                put(pairs[at + 1], pairs[at], pairs[at + 2], many);
            }
        }
    }

    /** Puts one place among those near another, from the last on; {@code left} counts how many are still to come. */
    private void put(int place, int other, int smallest, int[] left) {
        int at = --left[place];
        near[place][at] = other;
        ring[place][at] = (byte) smallest;
    }

    /** The places from south to north, of one step of latitude in any order: whole numbers are sorted without objects. */
    private int[] byLatitude() {
        long[] keys = new long[lat.length];
        for (int place = 0; place < keys.length; place++) {
            keys[place] = (long) Math.floor((lat[place] + 90) / STEP_DEG) << Integer.SIZE | place;
        }
        Arrays.sort(keys);
        return Arrays.stream(keys).mapToInt(key -> (int) key).toArray();
    }

    /** Degrees of longitude that so many degrees of a great circle span at most, wherever its places lie; with a margin. */
    private double wide(double degrees) {
        double most = degrees + Math.max(Math.abs(Arrays.stream(lat).min().orElse(0)), Math.abs(Arrays.stream(lat).max().orElse(0)));
        return most > 85 ? 360 : 1.001 * degrees / Math.cos(Math.toRadians(most));
    }

    private static int smallest(double[] radii, double metres) {
        int ring = 0;
        while (radii[ring] < metres) {
            ring++;
        }
        return ring;
    }
}
