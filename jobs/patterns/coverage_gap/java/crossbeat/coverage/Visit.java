package crossbeat.coverage;

import crossbeat.state.Packed;
import java.util.Comparator;
import java.util.List;

/** A visit of a unit: whose, from when to when (milliseconds UTC), in which H3 cell and where (degrees), how strong. */
record Visit(
        String id,
        int revision,
        String district,
        long from,
        long to,
        long cell,
        double lat,
        double lon,
        int officers,
        int auxiliaries,
        boolean gone) {
    /** Earliest first; of one moment by name, so that the order of arrival decides nothing. */
    static final Comparator<Visit> BY_TIME = Comparator.comparingLong(Visit::from).thenComparing(Visit::id);

    private boolean meets(Visit other) {
        return from <= other.to && other.from <= to;
    }

    /** Whether those who were there at the same time are as many as the rule asks for: units of both sides add up. */
    boolean fulfils(Rule rule, List<Visit> all) {
        if (officers >= rule.officers() && auxiliaries >= rule.auxiliaries()) {
            return true; // as nearly all are: no need to look who else was there
        }
        int officersThere = 0;
        int auxiliariesThere = 0;
        for (Visit other : all) {
            if (meets(other)) {
                officersThere += other.officers;
                auxiliariesThere += other.auxiliaries;
            }
        }
        return officersThere >= rule.officers() && auxiliariesThere >= rule.auxiliaries();
    }

    /** This visit, taken back by a later revision. */
    Visit lost(Visit by) {
        return new Visit(id, by.revision, district, from, to, cell, lat, lon, officers, auxiliaries, true);
    }

    static void write(Visit visit, Packed.Out out) {
        out.text(visit.id).number(visit.revision).text(visit.district).number(visit.from).number(visit.to);
        out.number(visit.cell).real(visit.lat).real(visit.lon);
        out.number(visit.officers).number(visit.auxiliaries).number(visit.gone ? 1 : 0);
    }

    static Visit read(Packed.In in) {
        return new Visit(
                in.text(),
                (int) in.number(),
                in.text(),
                in.number(),
                in.number(),
                in.number(),
                in.real(),
                in.real(),
                (int) in.number(),
                (int) in.number(),
                in.number() == 1);
    }
}
