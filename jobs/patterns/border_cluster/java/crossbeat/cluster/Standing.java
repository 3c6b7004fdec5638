package crossbeat.cluster;

import crossbeat.state.Packed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * A cluster that was told of and is not over.
 *
 * @param identity what its alert is known by
 * @param lat middle of its cylinder, with {@code lon} and {@code radius} in metres
 * @param from its cylinder holds what happened later than this, and was known at {@code until}, the analysis that told of it
 * @param days the length of its cylinder, in milliseconds
 * @param least the ratio from which on it stood out at that analysis
 * @param recurrence how seldom chance makes its like, in milliseconds
 * @param seen the last analysis that found it
 * @param districts those that its alert names
 * @param told the ids that its alert rests on
 * @param absorbed those and what belonged to it since: whatever shares one of them is the same cluster
 */
record Standing(
        String identity,
        double lat,
        double lon,
        double radius,
        long from,
        long until,
        long days,
        double least,
        double recurrence,
        long seen,
        List<String> districts,
        List<String> told,
        List<String> absorbed) {

    static byte[] pack(List<Standing> all) {
        return Packed.pack(all, (one, out) -> out.text(one.identity)
                .real(one.lat)
                .real(one.lon)
                .real(one.radius)
                .number(one.from)
                .number(one.until)
                .number(one.days)
                .real(one.least)
                .real(one.recurrence)
                .number(one.seen)
                .texts(one.districts)
                .texts(one.told)
                .texts(one.absorbed));
    }

    static List<Standing> unpack(byte[] packed) {
        return Packed.unpack(packed, in -> new Standing(
                in.text(),
                in.real(),
                in.real(),
                in.real(),
                in.number(),
                in.number(),
                in.number(),
                in.real(),
                in.real(),
                in.number(),
                in.texts(),
                in.texts(),
                in.texts()));
    }

    boolean shares(Collection<Incident> members) {
        Set<String> ids = new HashSet<>(absorbed);
        return members.stream().anyMatch(one -> ids.contains(one.id()));
    }

    boolean holds(Incident one) {
        return one.at() > from && one.metresTo(lat, lon) <= radius;
    }

    /** The same with more that belongs to it. */
    Standing absorbing(Collection<Incident> members, long analysis) {
        Set<String> ids = new HashSet<>(absorbed);
        List<String> all = new ArrayList<>(absorbed);
        members.stream().map(Incident::id).filter(ids::add).forEach(all::add);
        return new Standing(
                identity, lat, lon, radius, from, until, days, least, recurrence, analysis, districts, told, all);
    }

    /** The same after its evidence was corrected. */
    Standing restingOn(List<Incident> members) {
        return new Standing(
                identity,
                lat,
                lon,
                radius,
                from,
                until,
                days,
                least,
                recurrence,
                seen,
                Analysis.districts(members),
                members.stream().map(Incident::id).toList(),
                absorbed);
    }
}
