package crossbeat.cluster;

import crossbeat.state.Packed;
import java.util.List;

/**
 * A cluster that was told of. It is a piece of ground from a moment on: what happens there belongs to it, and to no other,
 * until it is over.
 *
 * @param identity what its alert is known by
 * @param lat middle of its circle, with {@code lon} and {@code radius} in metres
 * @param from it holds what happened later than this, and was known at {@code until}, the analysis that told of it
 * @param until see there
 * @param recurrence how seldom chance makes its like, in milliseconds
 * @param seen the last analysis that found it
 * @param districts those that its alert names
 * @param told the ids that its alert rests on
 */
record Standing(
        String identity,
        double lat,
        double lon,
        double radius,
        long from,
        long until,
        double recurrence,
        long seen,
        List<String> districts,
        List<String> told) {

    /** The cluster that a cylinder is, by the analysis of that moment. */
    static Standing of(
            String identity, Cylinder cylinder, List<Incident> members, Settings settings, long at, double recurrence) {
        return new Standing(
                identity,
                cylinder.lat(),
                cylinder.lon(),
                settings.radii()[cylinder.radius()],
                at - settings.windows()[cylinder.window()],
                at,
                recurrence,
                at,
                Incident.districts(members),
                Incident.ids(members));
    }

    static byte[] pack(List<Standing> all) {
        return Packed.pack(all, (one, out) -> out.text(one.identity)
                .real(one.lat)
                .real(one.lon)
                .real(one.radius)
                .number(one.from)
                .number(one.until)
                .real(one.recurrence)
                .number(one.seen)
                .texts(one.districts)
                .texts(one.told));
    }

    static List<Standing> unpack(byte[] packed) {
        return Packed.unpack(packed, in -> new Standing(
                in.text(),
                in.real(),
                in.real(),
                in.real(),
                in.number(),
                in.number(),
                in.real(),
                in.number(),
                in.texts(),
                in.texts()));
    }

    boolean near(Incident one) {
        return one.metresTo(lat, lon) <= radius;
    }

    boolean holds(Incident one) {
        return one.at() > from && near(one);
    }

    /** Whether nothing that comes now belongs to it any more. */
    boolean over(long now, Settings settings) {
        return seen <= now - settings.longest();
    }

    boolean overlaps(List<Incident> members) {
        return members.stream().anyMatch(this::holds);
    }

    /** Whether these are this cluster as it is now: half of the fewer, they or what it has of late, are of both. */
    boolean has(List<Incident> members, Analysis analysis, long since) {
        long shared = members.stream().filter(this::holds).count();
        long late = analysis.members(this).stream().filter(one -> one.at() > since).count();
        return shared > 0 && 2 * shared >= Math.min(members.size(), late);
    }

    /** Whether these say more than its alert does: many more, another district, or that it goes on after its end. */
    boolean news(List<Incident> members, Settings settings, long now) {
        return members.size() >= settings.growth() * told.size()
                || !districts.containsAll(Incident.districts(members))
                || now >= until + settings.longest();
    }

    Standing seenAt(long analysis) {
        return new Standing(identity, lat, lon, radius, from, until, recurrence, analysis, districts, told);
    }

    /** The same after its evidence was corrected. */
    Standing restingOn(List<Incident> members, double recurrence) {
        return new Standing(
                identity,
                lat,
                lon,
                radius,
                from,
                until,
                recurrence,
                seen,
                Incident.districts(members),
                Incident.ids(members));
    }
}
