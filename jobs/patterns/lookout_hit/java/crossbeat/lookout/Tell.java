package crossbeat.lookout;

import crossbeat.alert.Alert;
import crossbeat.alert.Identity;
import crossbeat.alert.Tellings;
import crossbeat.alert.Told;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * What one recipient is told of one read: an Alert for each look-out that asks for it, each by itself, so that nothing
 * joins the reads of a vehicle into a way that somebody went. A Cancel when the look-out or the read is taken back.
 */
@DataTypeHint(Alert.ROW)
public class Tell extends ProcessTableFunction<Row> {
    private static final String PATTERN = "lookout_hit";

    /** The revision below which the read no longer stands. */
    public static class Standing {
        public int revision;
    }

    /** A hit, its end, or word that the read is of a newer revision now (no look-out); {@code holdsMs}: how long a read is news. */
    public void eval(
            @StateHint Standing standing,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>")) MapView<String, byte[]> view,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row hit,
            Long holdsMs)
            throws Exception {
        Tellings<String> told = new Tellings<>(view);
        String lookout = hit.getFieldAs("lookout_id");
        int revision = hit.getFieldAs("read_revision");
        if (lookout == null) {
            if (revision > standing.revision) {
                standing.revision = revision;
                endAll(told, hit);
            }
            return;
        }
        boolean gone = hit.<Boolean>getFieldAs("gone") || revision < standing.revision;
        Told known = told.of(lookout);
        String digest = gone ? null : Identity.digest(List.of(lookout, String.valueOf(revision)));
        Alert alert = next(known, lookout, hit, digest);
        if (alert != null) {
            Row row = gone ? alert.row() : said(alert, hit, lookout, holdsMs);
            told.keep(lookout, known);
            collect(row);
        }
    }

    /** The read was corrected or taken back: what rested on it as it was is withdrawn. */
    private void endAll(Tellings<String> told, Row hit) throws Exception {
        for (String lookout : told.names()) {
            Told known = told.of(lookout);
            Alert alert = next(known, lookout, hit, null);
            if (alert != null) {
                Row row = alert.row();
                told.keep(lookout, known);
                collect(row);
            }
        }
    }

    private static Alert next(Told told, String lookout, Row hit, String digest) {
        String key = lookout + "|" + hit.<String>getFieldAs("read_id");
        return told.next(PATTERN, key, hit.getFieldAs("recipient"), digest);
    }

    private static Row said(Alert alert, Row hit, String lookout, long holds) {
        long at = milliseconds(hit, "read_at");
        Wording words = Wording.of(hit);
        return alert.headline(words.headline())
                .description(words.description())
                .evidence(List.of(lookout, hit.<String>getFieldAs("read_id")))
                .districts(List.of(hit.<String>getFieldAs("owner"), hit.<String>getFieldAs("camera_district")))
                .place(hit.getFieldAs("lat"), hit.getFieldAs("lon"), hit.getFieldAs("accuracy_m"))
                .times(at, at)
                .expires(Math.min(at + holds, milliseconds(hit, "until")))
                .score(Math.max(0, hit.<Double>getFieldAs("confidence")))
                .category(words.category())
                .row();
    }

    static long milliseconds(Row row, String name) {
        return row.<LocalDateTime>getFieldAs(name).toInstant(ZoneOffset.UTC).toEpochMilli();
    }
}
