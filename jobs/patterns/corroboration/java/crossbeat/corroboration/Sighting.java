package crossbeat.corroboration;

import crossbeat.geo.Sphere;
import crossbeat.state.Packed;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Comparator;
import org.apache.flink.types.Row;

/**
 * What one record says that another may say too, as one recipient may see it.
 *
 * @param source its record type: the kind of source
 * @param what what must be the same: the kind of event, or the offence
 * @param since milliseconds UTC, as {@code until}
 * @param weight how much it counts by its grading, 0 to 1
 * @param details codes parted by {@code |}: of a source what was seen and its grading, of an incident how it was done
 * @param stands false where it was taken back, or no longer counts for this recipient: kept so that an older state of
 *     it is known by its revision
 * @param label what the event that it belongs to is called; empty for none yet
 * @param told whether that event was told
 */
record Sighting(
        String id,
        int revision,
        String district,
        String source,
        String what,
        String category,
        long since,
        long until,
        double lat,
        double lon,
        double weight,
        String details,
        boolean stands,
        String label,
        boolean told) {

    /** Earliest first, and of one moment by the record's id: the same whatever came first. */
    static final Comparator<Sighting> FIRST = Comparator.comparingLong(Sighting::since).thenComparing(Sighting::id);

    /** A row of the query. Of one that does not stand nothing is kept but that there is such a state, and of when. */
    static Sighting of(Row row) {
        boolean stands = row.<Boolean>getFieldAs("stands");
        long began = milliseconds(row.getFieldAs("began"));
        return new Sighting(
                row.getFieldAs("record_id"),
                row.<Integer>getFieldAs("revision"),
                row.getFieldAs("district"),
                row.getFieldAs("source"),
                stands ? row.getFieldAs("what") : "",
                stands ? row.getFieldAs("category") : "",
                began,
                stands ? milliseconds(row.getFieldAs("ended")) : began,
                stands ? row.<Double>getFieldAs("lat") : 0,
                stands ? row.<Double>getFieldAs("lon") : 0,
                stands ? row.<Double>getFieldAs("weight") : 0,
                stands ? row.getFieldAs("details") : "",
                stands,
                "",
                false);
    }

    private static long milliseconds(LocalDateTime at) {
        return at.toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    static Sighting read(Packed.In in) {
        return new Sighting(
                in.text(),
                (int) in.number(),
                in.text(),
                in.text(),
                in.text(),
                in.text(),
                in.number(),
                in.number(),
                in.real(),
                in.real(),
                in.real(),
                in.text(),
                in.number() != 0,
                in.text(),
                in.number() != 0);
    }

    void write(Packed.Out out) {
        out.text(id).number(revision).text(district).text(source).text(what).text(category);
        out.number(since).number(until).real(lat).real(lon).real(weight).text(details);
        out.number(stands ? 1 : 0).text(label).number(told ? 1 : 0);
    }

    /** The same in an event of that name. */
    Sighting in(String name, boolean nowTold) {
        return new Sighting(
                id, revision, district, source, what, category, since, until, lat, lon, weight, details, stands, name,
                nowTold);
    }

    /** One district's records of one type: they count once, however many they are. */
    String feed() {
        return district + "/" + source;
    }

    /** Milliseconds between the two, 0 where their times overlap. */
    long apartMs(Sighting other) {
        return Math.max(0, Math.max(since - other.until, other.since - until));
    }

    /** Great-circle distance in metres. */
    double metresTo(Sighting other) {
        return Sphere.metres(lat, lon, other.lat, other.lon);
    }
}
