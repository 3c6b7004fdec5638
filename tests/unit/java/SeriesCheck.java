package crossbeat.series;

import crossbeat.linkage.Deed;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.reflect.Proxy;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;
import org.apache.flink.util.Collector;

/**
 * Series without a job. {@code java crossbeat.series.SeriesCheck graphs < lines}: lines {@code N id at} and
 * {@code L id id score} of one graph after another, each ended by an empty line; prints for each its clusters, a line
 * each, {@code strength id,id}, and an empty line.
 *
 * <p>{@code SeriesCheck incidents < lines}: each line an incident of one recipient, north, that comes, changes or goes
 * ({@code id revision district gone at lat lon method point tool place}); prints for each what it is linked to,
 * {@code id=score id=score}, then the series that stand, a line each, {@code strength id,id}, and an empty line.
 */
public final class SeriesCheck {
    private static final int TYPE = 2;
    private static final int INCIDENTS = 7;
    private static final int SCORE = 10;
    private static final int SERIES = 17;

    private final MapView<String, byte[]> incidents = new MapView<>();
    private final MapView<Long, byte[]> cells = new MapView<>();
    private final MapView<String, byte[]> series = new MapView<>();
    private final MapView<String, byte[]> told = new MapView<>();
    private final LinkedSeries.Swept swept = new LinkedSeries.Swept();
    private final Map<String, String> standing = new TreeMap<>();
    private final LinkedSeries function = new LinkedSeries();

    public static void main(String[] arguments) throws Exception {
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        if (arguments[0].equals("graphs")) {
            graphs(lines);
            return;
        }
        SeriesCheck check = new SeriesCheck();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            check.take(line.split(" "));
        }
    }

    private SeriesCheck() {
        function.open(null);
        function.setCollector(new Collector<>() {
            @Override
            public void collect(Row row) {
                standing.remove(row.<String>getFieldAs(SERIES));
                if (!row.getField(TYPE).equals("Cancel")) {
                    String members = String.join(",", row.<String[]>getFieldAs(INCIDENTS));
                    standing.put(row.getFieldAs(SERIES), row.getField(SCORE) + " " + members);
                }
            }

            @Override
            public void close() {
                // Nothing is open.
            }
        });
    }

    private static void graphs(BufferedReader lines) throws Exception {
        TreeMap<String, Node> nodes = new TreeMap<>();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String[] said = line.split(" ");
            if (said[0].equals("N")) {
                long at = Long.parseLong(said[2]);
                Deed deed = new Deed(43.6, -79.4, at, at, "burglary", "", "", "", "");
                nodes.put(said[1], new Node(said[1], 1, "north", at, deed));
            } else if (said[0].equals("L")) {
                nodes.get(said[1]).links.put(said[2], Double.parseDouble(said[3]));
                nodes.get(said[2]).links.put(said[1], Double.parseDouble(said[3]));
            } else {
                for (Cluster cluster : Clusters.of(nodes)) {
                    System.out.println(cluster.strength() + " "
                            + cluster.nodes().stream().map(node -> node.id).collect(Collectors.joining(",")));
                }
                System.out.println();
                nodes.clear();
            }
        }
    }

    private void take(String[] said) throws Exception {
        Row row = Row.withNames();
        row.setField("recipient", "north");
        row.setField("kind", "burglary");
        row.setField("record_id", said[0]);
        row.setField("revision", Integer.parseInt(said[1]));
        row.setField("district", said[2]);
        row.setField("gone", said[3].equals("1"));
        LocalDateTime at = LocalDateTime.ofEpochSecond(Long.parseLong(said[4]), 0, ZoneOffset.UTC);
        row.setField("occurred_from", at);
        row.setField("occurred_to", at);
        row.setField("lat", Double.parseDouble(said[5]));
        row.setField("lon", Double.parseDouble(said[6]));
        row.setField("offence", "burglary");
        row.setField("method_of_entry", said[7]);
        row.setField("point_of_entry", said[8]);
        row.setField("tool", said[9]);
        row.setField("location_category", said[10]);
        function.eval(
                context(), incidents, cells, series, told, swept, row, 1000.0, 28.0, -1.0, 4.0, 3, 58.0);
        Node node = Node.unpack(incidents.get(said[0]));
        System.out.println(node.links.entrySet().stream().map(Object::toString).collect(Collectors.joining(" ")));
        standing.values().forEach(System.out::println);
        System.out.println();
    }

    /** Of a job that has no watermark yet, so that nothing is forgotten. */
    private static ProcessTableFunction.Context context() {
        Object time = proxy(ProcessTableFunction.TimeContext.class, null);
        return (ProcessTableFunction.Context) proxy(ProcessTableFunction.Context.class, time);
    }

    private static Object proxy(Class<?> type, Object answer) {
        return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, method, given) -> answer);
    }
}
