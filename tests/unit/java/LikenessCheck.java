import crossbeat.linkage.Deed;
import crossbeat.linkage.Likeness;
import crossbeat.linkage.Weights;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;

/** Reads pairs of deeds, one a line, tab-separated; writes the score of each and its words. */
public final class LikenessCheck {
    private LikenessCheck() {}

    public static void main(String[] arguments) throws Exception {
        Likeness likeness = new Likeness(Weights.shipped());
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        StringBuilder out = new StringBuilder();
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String[] cells = line.split("\t", -1);
            Deed one = deed(cells, 0);
            Deed other = deed(cells, 9);
            out.append(likeness.score(one, other)).append('\t').append(likeness.words(one, other)).append('\n');
        }
        System.out.print(out);
    }

    private static Deed deed(String[] cells, int at) {
        return new Deed(
                Double.parseDouble(cells[at]), Double.parseDouble(cells[at + 1]),
                Long.parseLong(cells[at + 2]), Long.parseLong(cells[at + 3]),
                cells[at + 4], cells[at + 5], cells[at + 6], cells[at + 7], cells[at + 8]);
    }
}
