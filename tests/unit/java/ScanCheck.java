package crossbeat.cluster;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * The scan without a job: {@code java crossbeat.cluster.ScanCheck permutations seed < lines}. The first line holds the
 * settings, each that follows {@code mine at lat lon} of an incident, in milliseconds before the analysis. Prints the
 * number of cylinders that hold an excess; the greatest ratio, its count and expected number, and that ratio once more as the
 * statistic; then what chance reaches with a probability of 0.5 and of 0.01, and the probability of that ratio.
 */
public final class ScanCheck {
    private ScanCheck() {}

    public static void main(String[] arguments) throws Exception {
        List<Incident> incidents = new ArrayList<>();
        List<Boolean> flags = new ArrayList<>();
        Settings settings;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            settings = Settings.of(lines.readLine());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] part = line.split(" ");
                flags.add(part[0].equals("1"));
                incidents.add(new Incident(
                        "i" + incidents.size(),
                        1,
                        part[0].equals("1") ? "north" : "south",
                        -Long.parseLong(part[1]),
                        Double.parseDouble(part[2]),
                        Double.parseDouble(part[3]),
                        0,
                        false));
            }
        }
        boolean[] mine = new boolean[flags.size()];
        byte[] ages = new byte[mine.length];
        long span = incidents.stream().mapToLong(one -> -one.at()).max().orElse(0);
        for (int i = 0; i < mine.length; i++) {
            mine[i] = flags.get(i);
        }
        Scan scan = new Scan(settings, Ground.of(incidents, settings.radii()), mine, span);
        for (int i = 0; i < ages.length; i++) {
            ages[i] = scan.age(-incidents.get(i).at());
        }
        List<Cylinder> found = new ArrayList<>(scan.above(ages, 0));
        found.sort(Cylinder.BEST);
        System.out.println(found.size());
        if (!found.isEmpty()) {
            Cylinder best = found.get(0);
            System.out.println(best.ratio() + " " + best.count() + " " + best.expected() + " " + scan.greatest(ages));
            Chance chance = Chance.of(scan, ages, Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
            System.out.println(chance.quantile(0.5) + " " + chance.quantile(0.01) + " " + chance.probability(best.ratio()));
        }
    }
}
