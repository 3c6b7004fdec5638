package crossbeat.corroboration;

import crossbeat.alert.Alert;
import crossbeat.alert.Identity;
import crossbeat.alert.Told;
import crossbeat.geo.Circle;
import crossbeat.state.Packed;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * What one recipient is told of one event or pair: an Alert, an Update when another feed joins the evidence or one leaves
 * it, a Cancel when nothing is left. More of the same feeds is no news.
 */
@DataTypeHint(Alert.ROW)
public class Tell extends ProcessTableFunction<Row> {

    /** A state of an event or pair; {@code holdsMs} and {@code pairHoldsMs} are how long their alerts hold. */
    public void eval(
            @StateHint Told told,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row found,
            String pattern,
            Long holdsMs,
            Long pairHoldsMs) {
        String finding = found.getFieldAs("finding");
        List<Sighting> evidence = Packed.unpack(found.getFieldAs("evidence"), Sighting::read);
        List<String> ids = evidence.stream().map(Sighting::id).toList();
        Alert alert = told.next(
                pattern,
                finding + "|" + found.getFieldAs("name"),
                found.getFieldAs("recipient"),
                ids.isEmpty() ? null : Identity.digest(ids));
        if (alert == null) {
            return;
        }
        if (ids.isEmpty()) {
            String joined = found.getFieldAs("joined");
            if (!joined.isEmpty()) {
                alert.headline(Wording.JOINED_HEADLINE).description(Wording.JOINED_DESCRIPTION);
            }
            collect(alert.row());
            return;
        }
        boolean pair = finding.equals(Finding.TWICE);
        double confidence = found.<Double>getFieldAs("confidence");
        int more = found.<Integer>getFieldAs("more");
        boolean update = alert.type().equals("Update");
        long last = evidence.stream().mapToLong(Sighting::until).max().orElseThrow();
        alert.headline(pair ? Wording.twice(evidence) : Wording.event(evidence))
                .description((pair ? Wording.whyTwice(evidence, confidence) : Wording.whyEvent(evidence, confidence, more))
                        + (update ? Wording.INSTEAD : ""))
                .evidence(ids)
                .districts(evidence.stream().map(Sighting::district).toList())
                .category(evidence.get(0).category())
                .around(evidence.stream()
                        .map(one -> new Circle.Point(one.lat(), one.lon()))
                        .toList())
                .times(evidence.get(0).since(), evidence.get(evidence.size() - 1).since())
                .expires(last + (pair ? pairHoldsMs : holdsMs))
                .score(Math.floor(1000 * confidence + 0.5) / 10);
        collect(alert.row());
    }
}
