import crossbeat.geo.Grid;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Prints the cells of each point, or all those around it: {@code java GridCheck cell_m reach_m [around] < "lat lon" lines}. */
public class GridCheck {
    public static void main(String[] arguments) throws Exception {
        Grid grid = new Grid(Double.parseDouble(arguments[0]), Double.parseDouble(arguments[1]));
        StringBuilder answer = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] point = line.split(" ");
                double lat = Double.parseDouble(point[0]);
                double lon = Double.parseDouble(point[1]);
                for (long cell : arguments.length > 2 ? grid.around(lat, lon) : grid.cells(lat, lon)) {
                    answer.append(cell).append(' ');
                }
                answer.append('\n');
            }
        }
        System.out.print(answer);
    }
}
