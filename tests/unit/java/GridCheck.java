import crossbeat.geo.Grid;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Prints the cells of each point: {@code java GridCheck cell_m reach_m < "lat lon" lines}. */
public class GridCheck {
    public static void main(String[] arguments) throws Exception {
        Grid grid = new Grid(Double.parseDouble(arguments[0]), Double.parseDouble(arguments[1]));
        StringBuilder answer = new StringBuilder();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] point = line.split(" ");
                for (long cell : grid.cells(Double.parseDouble(point[0]), Double.parseDouble(point[1]))) {
                    answer.append(cell).append(' ');
                }
                answer.append('\n');
            }
        }
        System.out.print(answer);
    }
}
