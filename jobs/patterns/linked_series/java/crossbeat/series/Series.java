package crossbeat.series;

import crossbeat.state.Packed;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A series that the recipient is or was told of, and who is in it: nobody where it was taken back. */
final class Series {
    /** The older first: by the moment of its founder, then by name. */
    static final Comparator<Series> BY_AGE =
            Comparator.comparingLong((Series series) -> series.founded).thenComparing(series -> series.identity);

    /** The record id of the incident that was its earliest when it was first told of. */
    final String identity;
    /** The time of that incident, milliseconds UTC. */
    final long founded;
    /** The time of its newest member when it was last looked at. */
    long last;
    final Set<String> members = new TreeSet<>();

    Series(String identity, long founded, long last) {
        this.identity = identity;
        this.founded = founded;
        this.last = last;
    }

    byte[] pack() {
        return Packed.pack(List.of(this), Series::write);
    }

    static Series unpack(byte[] packed) {
        return Packed.unpack(packed, Series::read).get(0);
    }

    private static void write(Series series, Packed.Out out) {
        out.text(series.identity).number(series.founded).number(series.last).texts(List.copyOf(series.members));
    }

    private static Series read(Packed.In in) {
        Series series = new Series(in.text(), in.number(), in.number());
        series.members.addAll(in.texts());
        return series;
    }
}
