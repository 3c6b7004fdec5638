package crossbeat.campaign;

import crossbeat.state.Packed.In;
import crossbeat.state.Packed.Out;
import java.util.Comparator;

/** A report that names the indicator: whose, when (milliseconds UTC), how it wrote it, where (degrees; NaN: no place). */
record Report(String id, String district, long at, String form, double lat, double lon) {
    static final Comparator<Report> BY_TIME = Comparator.comparingLong(Report::at).thenComparing(Report::id);
    private static final long DAY_MS = 86_400_000;

    /** The day that it is of, counted from 1970, UTC. */
    long day() {
        return Math.floorDiv(at, DAY_MS);
    }

    boolean placed() {
        return !Double.isNaN(lat);
    }

    void write(Out out) {
        out.text(id).text(district).number(at).text(form).real(lat).real(lon);
    }

    static Report read(In in) {
        return new Report(in.text(), in.text(), in.number(), in.text(), in.real(), in.real());
    }
}
