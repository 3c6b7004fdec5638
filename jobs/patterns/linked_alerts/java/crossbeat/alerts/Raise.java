package crossbeat.alerts;

import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/** Raises an alert for the first triple of an identity, and nothing for those that follow. */
@DataTypeHint("ROW<sent TIMESTAMP(3) NOT NULL, headline STRING NOT NULL, description STRING NOT NULL,"
        + " earlier ARRAY<STRING NOT NULL> NOT NULL, expires TIMESTAMP(3) NOT NULL, incidents ARRAY<STRING NOT NULL> NOT NULL, pattern STRING NOT NULL,"
        + " category STRING NOT NULL, score DOUBLE NOT NULL, districts ARRAY<STRING NOT NULL> NOT NULL,"
        + " visible_to ARRAY<STRING NOT NULL> NOT NULL, lat DOUBLE NOT NULL, lon DOUBLE NOT NULL,"
        + " radius_m DOUBLE NOT NULL, first_occurred_from TIMESTAMP(3) NOT NULL,"
        + " last_occurred_from TIMESTAMP(3) NOT NULL>")
public class Raise extends ProcessTableFunction<Row> {

    /** Whether the alert of an identity went out. */
    public static class Fired {
        public boolean fired;
    }

    /** One triple; {@code windowMs} in milliseconds, {@code reach} the greatest length of a link in metres. */
    public void eval(
            @StateHint Fired fired,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row triple,
            Long windowMs,
            Double reach) {
        if (fired.fired) {
            return;
        }
        fired.fired = true;
        long window = windowMs;
        String category = triple.getFieldAs("category");
        Triple evidence = Triple.unpack(triple.getFieldAs("evidence"));
        List<Incident> three = evidence.incidents();
        long first = three.get(0).at();
        long last = three.get(2).at();
        Incident middle = middle(three);
        collect(Row.of(
                utc(System.currentTimeMillis()),
                Wording.headline(category, evidence),
                Wording.description(category, evidence, window),
                new String[0], // it updates no earlier alert
                utc(last + window),
                three.stream().map(Incident::id).sorted().toArray(String[]::new),
                triple.getFieldAs("pattern"),
                category,
                score(evidence, window, reach),
                Wording.districts(evidence).toArray(String[]::new),
                evidence.readers(),
                middle.lat(),
                middle.lon(),
                Math.ceil(three.stream().mapToDouble(middle::metresTo).max().orElse(0) * 10) / 10,
                utc(first),
                utc(last)));
    }

    /** From 0 to 100: half for how short the longer link is, half for how short the time from first to last. */
    static double score(Triple triple, long window, double reach) {
        double near = 1 - Math.max(triple.one().metres(), triple.two().metres()) / reach;
        double soon = 1 - (double) triple.span() / window;
        return Math.floor(500 * (Math.max(0, near) + Math.max(0, soon)) + 0.5) / 10;
    }

    private static Incident middle(List<Incident> three) {
        double reference = three.get(0).lon();
        double lat = three.stream().mapToDouble(Incident::lat).sum() / three.size();
        double lon = three.stream().mapToDouble(each -> near(each.lon(), reference)).sum() / three.size();
        return new Incident("", "", 0, lat, near(lon, 0));
    }

    /** A longitude moved by whole turns to within 180 degrees of another, so that a mean of both makes sense. */
    private static double near(double lon, double other) {
        return lon - other > 180 ? lon - 360 : other - lon > 180 ? lon + 360 : lon;
    }

    private static LocalDateTime utc(long milliseconds) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(milliseconds), ZoneOffset.UTC);
    }
}
