package crossbeat.cluster;

import crossbeat.geo.Circle;
import crossbeat.geo.Sphere;
import crossbeat.state.Packed;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.table.data.RowData;

/**
 * An incident as one recipient may see it.
 *
 * @param at its occurred_from, milliseconds UTC
 * @param known the end of the step in which this was known: no earlier analysis counts it
 * @param gone whether it was taken back, moved to another kind or hidden: kept, so that an older revision changes nothing
 */
record Incident(String id, int revision, String district, long at, double lat, double lon, long known, boolean gone) {
    /** In order of time; of one moment, by id: any order of arrival gives the same. */
    static final Comparator<Incident> BY_TIME = Comparator.comparingLong(Incident::at).thenComparing(Incident::id);

    /** From a row of the query, see {@link BorderCluster#INPUT}. */
    static Incident of(RowData row, long known) {
        return new Incident(
                row.getString(2).toString(),
                row.getInt(3),
                row.getString(4).toString(),
                row.getTimestamp(6, 3).getMillisecond(),
                row.getDouble(7),
                row.getDouble(8),
                known,
                row.getBoolean(9));
    }

    /** Whether another state of it lies where and when this one does. */
    boolean sameCase(Incident other) {
        return gone == other.gone && at == other.at && lat == other.lat && lon == other.lon;
    }

    Incident knownAt(long step) {
        return new Incident(id, revision, district, at, lat, lon, step, gone);
    }

    /** Their ids, in their order. */
    static List<String> ids(List<Incident> incidents) {
        return incidents.stream().map(Incident::id).toList();
    }

    /** The districts that they are of, sorted. */
    static List<String> districts(List<Incident> incidents) {
        return incidents.stream().map(Incident::district).distinct().sorted().toList();
    }

    Circle.Point point() {
        return new Circle.Point(lat, lon);
    }

    double metresTo(double otherLat, double otherLon) {
        return Sphere.metres(lat, lon, otherLat, otherLon);
    }

    byte[] pack() {
        return Packed.pack(List.of(this), (one, out) -> out.text(one.id)
                .number(one.revision)
                .text(one.district)
                .number(one.at)
                .real(one.lat)
                .real(one.lon)
                .number(one.known)
                .number(one.gone ? 1 : 0));
    }

    /** Null where there is none. */
    static Incident unpack(byte[] packed) {
        List<Incident> one = Packed.unpack(packed, in -> new Incident(
                in.text(),
                (int) in.number(),
                in.text(),
                in.number(),
                in.real(),
                in.real(),
                in.number(),
                in.number() == 1));
        return one.isEmpty() ? null : one.get(0);
    }
}
