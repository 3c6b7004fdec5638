package crossbeat.alerts;

import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Finds triples x-c-y: keyed by the centre c, each new link meets the links that c already has.
 *
 * <p>A centre hands on one triple an identity, the one of least span of those that a link completes; what comes after has
 * nothing to add. State is one row a centre and ends with {@code table.exec.state.ttl} after its last link.
 */
@DataTypeHint("ROW<identifier STRING NOT NULL, pattern STRING NOT NULL, category STRING NOT NULL, evidence BYTES NOT NULL>")
public class Triples extends ProcessTableFunction<Row> {
    private static final String SEPARATOR = "\n";

    /** What a centre remembers: its links, packed, and the identities that it has handed on. */
    public static class Centre {
        public byte[] links;
        public byte[] raised;
    }

    /** One link, seen from its end {@code c_}; {@code windowMs} is the greatest span of a triple, in milliseconds. */
    public void eval(
            @StateHint Centre centre,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row link,
            Long windowMs) {
        Incident here = incident(link, "c_");
        Link added = new Link(incident(link, "o_"), link.getFieldAs("metres"), link.getFieldAs("visible_to"));
        List<Link> known = Link.unpack(centre.links);
        List<Link> others = new ArrayList<>(known.size() + 1);
        for (Link old : known) {
            if (!old.other().id().equals(added.other().id())) {
                others.add(old);
            }
        }
        Set<String> raised = raised(centre);
        Map<String, Triple> found = new HashMap<>();
        for (Link old : others) {
            consider(new Triple(here, old, added), link, windowMs, raised, found);
        }
        found.forEach((identifier, triple) -> collect(
                Row.of(identifier, link.getFieldAs("pattern"), link.getFieldAs("category"), triple.pack())));
        if (!found.isEmpty()) {
            raised.addAll(found.keySet());
            centre.raised = String.join(SEPARATOR, raised).getBytes(StandardCharsets.UTF_8);
        }
        others.add(added);
        centre.links = Link.pack(others);
    }

    private static void consider(
            Triple triple, Row link, long window, Set<String> raised, Map<String, Triple> found) {
        if (triple.span() > window || triple.readers().length == 0) {
            return;
        }
        Incident earliest = triple.incidents().get(0);
        String identifier = Identity.of(link.getFieldAs("pattern"), link.getFieldAs("category"), earliest, window);
        if (!raised.contains(identifier)) {
            found.merge(identifier, triple, (old, other) -> other.span() < old.span() ? other : old);
        }
    }

    private static Set<String> raised(Centre centre) {
        return centre.raised == null
                ? new HashSet<>()
                : new HashSet<>(List.of(new String(centre.raised, StandardCharsets.UTF_8).split(SEPARATOR)));
    }

    private static Incident incident(Row link, String side) {
        LocalDateTime at = link.getFieldAs(side + "occurred_from");
        return new Incident(
                link.getFieldAs(side + "record_id"),
                link.getFieldAs(side + "district"),
                at.toInstant(ZoneOffset.UTC).toEpochMilli(),
                link.getFieldAs(side + "lat"),
                link.getFieldAs(side + "lon"));
    }
}
