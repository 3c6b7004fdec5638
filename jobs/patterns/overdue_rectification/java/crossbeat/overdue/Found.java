package crossbeat.overdue;

import crossbeat.geo.Circle;
import crossbeat.state.Packed;
import java.util.Comparator;

/** One finding at premises of a chain: by which inspection, whose, when (milliseconds UTC), where (degrees). */
record Found(String inspection, String district, String premises, long at, double lat, double lon) {
    /** Earliest first; of one moment by name, so that the order of arrival decides nothing. */
    static final Comparator<Found> BY_TIME = Comparator.comparingLong(Found::at).thenComparing(Found::inspection);

    /** Premises are numbered by each district for itself. */
    String where() {
        return district + " " + premises;
    }

    Circle.Point point() {
        return new Circle.Point(lat, lon);
    }

    static void write(Found one, Packed.Out out) {
        out.text(one.inspection).text(one.district).text(one.premises).number(one.at).real(one.lat).real(one.lon);
    }

    static Found read(Packed.In in) {
        return new Found(in.text(), in.text(), in.text(), in.number(), in.real(), in.real());
    }
}
