package crossbeat.corroboration;

import crossbeat.state.Packed;
import java.util.List;
import org.apache.flink.types.Row;

/** The rows between what finds and what tells: the state of an event, or of a pair, for one recipient. */
final class Finding {
    static final String ROW = "ROW<finding STRING NOT NULL, name STRING NOT NULL, evidence BYTES, confidence DOUBLE NOT NULL,"
            + " more INT NOT NULL, joined STRING NOT NULL>";

    /** One event by several sources. */
    static final String EVENT = "event";
    /** One incident that two districts recorded. */
    static final String TWICE = "twice";

    private Finding() {}

    static Row event(String name, Event event) {
        List<Sighting> evidence = event.evidence();
        return Row.of(
                EVENT, name, pack(evidence), event.confidence(), event.members().size() - evidence.size(), "");
    }

    static Row twice(String name, List<Sighting> pair, double confidence) {
        return Row.of(TWICE, name, pack(pair), confidence, 0, "");
    }

    /** That it is no longer so; {@code joined} is the name of the event that it became part of, empty for none. */
    static Row over(String finding, String name, String joined) {
        return Row.of(finding, name, null, 0.0, 0, joined);
    }

    private static byte[] pack(List<Sighting> evidence) {
        return Packed.pack(evidence, (one, out) -> one.write(out));
    }
}
