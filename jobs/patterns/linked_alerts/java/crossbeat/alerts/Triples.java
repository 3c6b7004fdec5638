package crossbeat.alerts;

import crossbeat.alert.Identity;
import crossbeat.alerts.Handed.Ends;
import crossbeat.alerts.Handed.Key;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Finds triples x-c-y: keyed by the centre c, each new link meets the links that c already has.
 *
 * <p>A centre hands on one triple for an identity and a recipient, the best of those that a link completes, from links
 * that this recipient may see and no others. When a link ends, changes or is read by fewer, the triples that used it are
 * replaced by the next best or withdrawn ({@code evidence} null); {@code gone} then names the incident whose revision
 * did it. State is one row a centre and ends with {@code table.exec.state.ttl} after its last link.
 */
@DataTypeHint("ROW<identity STRING NOT NULL, recipient STRING NOT NULL, pattern STRING NOT NULL, category STRING NOT NULL,"
        + " centre STRING NOT NULL, evidence BYTES, gone STRING, gone_revision INT>")
public class Triples extends ProcessTableFunction<Row> {
    private static final Comparator<Key> BY_NAME = Comparator.comparing(Key::identity).thenComparing(Key::recipient);

    /** What a centre remembers, packed: its links, also those that ended, and what it has handed on. */
    public static class Centre {
        public byte[] links;
        public byte[] handed;
    }

    /** One link, seen from its end {@code c_}; {@code windowMs} is the greatest span of a triple, in milliseconds. */
    public void eval(
            @StateHint Centre centre,
            @ArgumentHint(value = ArgumentTrait.SET_SEMANTIC_TABLE, name = "link") Row row,
            Long windowMs) {
        Link link = link(row);
        List<Link> others = Link.unpack(centre.links);
        Link known = take(others, link.other().id());
        if (known != null && link.oldBeside(known)) {
            return;
        }
        Event event = new Event(row, link, known, others, windowMs);
        Map<Key, Ends> handed = Handed.unpack(centre.handed);
        if (known != null) {
            revise(event, handed);
        }
        add(event, handed);
        others.add(link);
        centre.links = Link.pack(others);
        centre.handed = Handed.pack(handed);
    }

    /** A link, the state of it that was known before (or null), and the other links of its centre. */
    private record Event(Row row, Link link, Link known, List<Link> others, long window) {
        String identity(Triple triple) {
            Incident earliest = triple.incidents().get(0);
            return Identity.of(
                    row.getFieldAs("pattern"),
                    row.getFieldAs("category"),
                    earliest.lat(),
                    earliest.lon(),
                    earliest.at(),
                    window);
        }

        boolean valid(Triple triple, Key key) {
            return triple.readBy(key.recipient()) && triple.span() <= window && identity(triple).equals(key.identity());
        }

        /** The end whose revision rose; null where none did. */
        Incident gone() {
            if (known == null || link.version() == known.version()) {
                return null;
            }
            return link.here().revision() > known.here().revision() ? link.here() : link.other();
        }
    }

    /** Sees to the triples that used the link as it was. */
    private void revise(Event event, Map<Key, Ends> handed) {
        Link link = event.link;
        for (Map.Entry<Key, Ends> entry : List.copyOf(handed.entrySet())) {
            Key key = entry.getKey();
            Ends ends = entry.getValue();
            if (!ends.has(link.other().id())) {
                continue;
            }
            Link partner = find(event.others, ends.one().equals(link.other().id()) ? ends.two() : ends.one());
            Triple now = new Triple(partner, link);
            if (event.valid(now, key)) {
                if (!now.same(new Triple(partner, event.known))) {
                    emit(event, key, now);
                }
                continue;
            }
            Triple next = nextBest(event, key);
            if (next == null) {
                handed.remove(key);
            } else {
                handed.put(key, Ends.of(next));
            }
            emit(event, key, next);
        }
    }

    /** The best triple of an identity and recipient that does not rest on what has just changed. */
    private static Triple nextBest(Event event, Key key) {
        Incident gone = event.gone();
        List<Link> links = new ArrayList<>(event.others);
        links.add(event.link);
        Triple best = null;
        for (int i = 1; i < links.size(); i++) {
            for (int j = 0; j < i; j++) {
                Triple triple = new Triple(links.get(j), links.get(i));
                if (event.valid(triple, key)
                        && (gone == null || !triple.holds(gone.id(), gone.revision()))
                        && (best == null || Triple.BEST.compare(triple, best) < 0)) {
                    best = triple;
                }
            }
        }
        return best;
    }

    /** Hands on the best triple that the link completes, for each identity and recipient that has none of this centre. */
    private void add(Event event, Map<Key, Ends> handed) {
        Map<Key, Triple> found = new TreeMap<>(BY_NAME); // sorted, so that the order of links decides nothing
        for (Link other : event.others) {
            Triple triple = new Triple(other, event.link);
            if (triple.span() > event.window) {
                continue;
            }
            List<String> recipients = triple.recipients();
            if (recipients.isEmpty()) {
                continue;
            }
            String identity = event.identity(triple);
            for (String recipient : recipients) {
                Key key = new Key(identity, recipient);
                if (!handed.containsKey(key)) {
                    found.merge(key, triple, (a, b) -> Triple.BEST.compare(b, a) < 0 ? b : a);
                }
            }
        }
        found.forEach((key, triple) -> {
            handed.put(key, Ends.of(triple));
            emit(event, key, triple);
        });
    }

    private void emit(Event event, Key key, Triple triple) {
        Incident gone = event.gone();
        collect(Row.of(
                key.identity(),
                key.recipient(),
                event.row.getFieldAs("pattern"),
                event.row.getFieldAs("category"),
                event.link.here().id(),
                triple == null ? null : triple.pack(),
                gone == null ? null : gone.id(),
                gone == null ? null : gone.revision()));
    }

    private static Link find(List<Link> links, String id) {
        return links.stream().filter(link -> link.other().id().equals(id)).findFirst().orElseThrow();
    }

    private static Link take(List<Link> links, String id) {
        for (int i = 0; i < links.size(); i++) {
            if (links.get(i).other().id().equals(id)) {
                return links.remove(i);
            }
        }
        return null;
    }

    private static Link link(Row row) {
        boolean retracted = row.getFieldAs("retracted");
        String[] readers = retracted ? new String[0] : row.getFieldAs("visible_to");
        return new Link(incident(row, "c_"), incident(row, "o_"), row.getFieldAs("metres"), readers);
    }

    private static Incident incident(Row row, String side) {
        LocalDateTime at = row.getFieldAs(side + "occurred_from");
        return new Incident(
                row.getFieldAs(side + "record_id"),
                row.getFieldAs(side + "revision"),
                row.getFieldAs(side + "district"),
                at.toInstant(ZoneOffset.UTC).toEpochMilli(),
                row.getFieldAs(side + "lat"),
                row.getFieldAs(side + "lon"));
    }
}
