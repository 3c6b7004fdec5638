import crossbeat.geo.Box;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Says of each pair of points whether the box around the first holds the second: {@code java BoxCheck reach_m < lines}. */
public class BoxCheck {
    public static void main(String[] arguments) throws Exception {
        double reachM = Double.parseDouble(arguments[0]);
        StringBuilder answer = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] points = line.split(" ");
                Box box = new Box(Double.parseDouble(points[0]), Double.parseDouble(points[1]), reachM);
                int lat = Box.steps(Double.parseDouble(points[2]));
                int lon = Box.steps(Double.parseDouble(points[3]));
                answer.append(box.south() <= lat && lat <= box.north() && box.holdsLon(lon) ? "in\n" : "out\n");
            }
        }
        System.out.print(answer);
    }
}
