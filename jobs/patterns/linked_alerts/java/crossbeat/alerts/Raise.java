package crossbeat.alerts;

import crossbeat.alert.Alert;
import crossbeat.geo.Circle;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * What one recipient is told of one identity: an Alert for the first triple, nothing for those that follow; where its
 * evidence is lost, an Update from another triple at hand, or a Cancel.
 */
@DataTypeHint(Alert.ROW)
public class Raise extends ProcessTableFunction<Row> {

    /** How many alerts went out, the identifier and evidence of the one that stands, and the triples at hand. */
    public static class Told {
        public int count;
        public String identifier;
        public byte[] evidence;
        public byte[] offers;
    }

    /** A triple of a centre, or its end; {@code windowMs} in milliseconds, {@code reach} the greatest length of a link. */
    public void eval(
            @StateHint Told told,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row offer,
            Long windowMs,
            Double reach) {
        Map<String, Triple> offers = Offers.unpack(told.offers);
        String gone = offer.getFieldAs("gone");
        if (gone != null) { // other centres are about to say so too: until then their triples must not be told
            int revision = offer.getFieldAs("gone_revision");
            offers.values().removeIf(triple -> triple.holds(gone, revision));
        }
        byte[] evidence = offer.getFieldAs("evidence");
        String centre = offer.getFieldAs("centre");
        if (evidence == null) {
            offers.remove(centre);
        } else {
            offers.put(centre, Triple.unpack(evidence));
        }
        told.offers = Offers.pack(offers);
        Triple next = next(told, offers);
        boolean standing = told.identifier != null;
        if (next == null) {
            if (standing) {
                send(told, offer, Triple.unpack(told.evidence), "Cancel", windowMs, reach);
                told.identifier = null;
                told.evidence = null;
            }
        } else if (!standing || !next.same(Triple.unpack(told.evidence))) {
            send(told, offer, next, standing ? "Update" : "Alert", windowMs, reach);
            told.evidence = next.pack();
        }
    }

    /** What the recipient should have been told: what it was told, as it is now, or the best at hand. */
    private static Triple next(Told told, Map<String, Triple> offers) {
        Triple same = told.evidence == null ? null : offers.get(Triple.unpack(told.evidence).centre().id());
        return same != null ? same : offers.values().stream().min(Triple.BEST).orElse(null);
    }

    private void send(Told told, Row offer, Triple evidence, String type, long window, double reach) {
        String pattern = offer.getFieldAs("pattern");
        String category = offer.getFieldAs("category");
        String[] earlier = told.identifier == null ? new String[0] : new String[] {told.identifier};
        told.count++;
        Alert alert = Alert.of(pattern, offer.getFieldAs("identity"), offer.getFieldAs("recipient"), told.count);
        told.identifier = alert.identifier();
        boolean cancel = type.equals("Cancel");
        List<Incident> three = evidence.incidents();
        long last = three.get(2).at();
        String why = cancel
                ? Alert.WHY_WITHDRAWN
                : Wording.description(category, evidence, window) + (earlier.length > 0 ? Wording.INSTEAD : "");
        collect(alert.type(type)
                .references(earlier)
                .headline(cancel ? Wording.WITHDRAWN_HEADLINE : Wording.headline(category, evidence))
                .description(why)
                .expires(last + window)
                .evidence(three.stream().map(Incident::id).toList())
                .category(category)
                .score(cancel ? 0.0 : score(evidence, window, reach))
                .districts(Wording.districts(evidence))
                .around(three.stream().map(each -> new Circle.Point(each.lat(), each.lon())).toList())
                .times(three.get(0).at(), last)
                .row());
    }

    /** From 0 to 100: half for how short the longer link is, half for how short the time from first to last. */
    static double score(Triple triple, long window, double reach) {
        double near = 1 - Math.max(triple.one().metres(), triple.two().metres()) / reach;
        double soon = 1 - (double) triple.span() / window;
        return Math.floor(500 * (Math.max(0, near) + Math.max(0, soon)) + 0.5) / 10;
    }
}
