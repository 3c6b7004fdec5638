package crossbeat.cluster;

import crossbeat.geo.Sphere;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The places of the incidents and which lie near which: the centres of the cylinders. Incidents of one point share a
 * place. A permutation of times changes nothing of it, so that it is worked out once an analysis.
 */
final class Ground {
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
        Integer[] order = new Integer[lat.length];
        Arrays.setAll(order, i -> i);
        Arrays.sort(order, (a, b) -> Double.compare(lat[a], lat[b]));
        List<List<int[]>> found = new ArrayList<>(lat.length);
        for (int i = 0; i < lat.length; i++) {
            found.add(new ArrayList<>());
        }
        for (int i = 0; i < order.length; i++) {
            int a = order[i];
            for (int j = i; j < order.length && lat[order[j]] - lat[a] <= degrees; j++) {
                int b = order[j];
                double metres = Sphere.metres(lat[a], lon[a], lat[b], lon[b]);
                if (metres <= reach) {
                    int smallest = smallest(radii, metres);
                    found.get(a).add(new int[] {b, smallest});
                    if (a != b) {
                        found.get(b).add(new int[] {a, smallest});
                    }
                }
            }
        }
        for (int i = 0; i < lat.length; i++) {
            near[i] = found.get(i).stream().mapToInt(each -> each[0]).toArray();
            ring[i] = new byte[near[i].length];
            for (int n = 0; n < near[i].length; n++) {
                ring[i][n] = (byte) found.get(i).get(n)[1];
            }
        }
    }

    private static int smallest(double[] radii, double metres) {
        int ring = 0;
        while (radii[ring] < metres) {
            ring++;
        }
        return ring;
    }
}
