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
 * statistic; then what chance reaches with a probability of 0.5 and of 0.01, and the probability of that ratio; then the most that the
 * probability of that ratio and of 5 can be, and the ratio that is reached with one of a millionth at most.
 */
public final class ScanCheck {
    private ScanCheck() {}

    public static void main(String[] arguments) throws Exception {
        List<Incident> incidents = new ArrayList<>();
        Settings settings;
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            settings = Settings.of(lines.readLine());
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] part = line.split(" ");
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
        incidents.sort(Incident.BY_TIME);
        Scan scan = new Scan(settings, "north", 0, incidents, incidents);
        List<Cylinder> found = new ArrayList<>(scan.above(0));
        found.sort(Cylinder.BEST);
        System.out.println(found.size());
        if (!found.isEmpty()) {
            Cylinder best = found.get(0);
            System.out.println(best.ratio() + " " + best.count() + " " + best.expected() + " " + scan.greatest(scan.ages));
            Chance chance = Chance.of(scan, settings.incidents(), Integer.parseInt(arguments[0]), Long.parseLong(arguments[1]));
            System.out.println(chance.quantile(0.5) + " " + chance.quantile(0.01) + " " + chance.probability(best.ratio()));
            Tail tail = new Tail(scan.margins(), settings.incidents());
            System.out.println(tail.probability(best.ratio()) + " " + tail.probability(5) + " " + tail.quantile(1e-6));
        }
    }
}
