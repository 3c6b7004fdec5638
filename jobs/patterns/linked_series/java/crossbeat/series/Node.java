package crossbeat.series;

import crossbeat.geo.Circle;
import crossbeat.linkage.Deed;
import crossbeat.state.Packed;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.apache.flink.types.Row;

/**
 * One incident as the state of one recipient holds it: what is compared of it, its links to others with the log odds of
 * each, and the series it is told of in. Without a deed it is the mark of one that was taken back.
 */
final class Node {
    /** Earliest first, and of one moment the smaller record id by bytes. */
    static final Comparator<Node> BY_TIME =
            Comparator.comparingLong((Node node) -> node.at).thenComparing(node -> bytes(node.id), Arrays::compareUnsigned);

    final String id;
    final int revision;
    final String district;
    /** Its occurred_from in milliseconds UTC. */
    final long at;
    /** Null where it was taken back. */
    final Deed deed;
    final Map<String, Double> links = new TreeMap<>();
    /** The identity of the series that it is told of in, empty if none. */
    String series = "";

    Node(String id, int revision, String district, long at, Deed deed) {
        this.id = id;
        this.revision = revision;
        this.district = district;
        this.at = at;
        this.deed = deed;
    }

    /** Whether another state of it says the same of all that is compared. */
    boolean says(Node other) {
        return deed != null && deed.equals(other.deed) && district.equals(other.district);
    }

    /** Itself, under the revision of another state that says the same. */
    Node as(Node later) {
        Node node = new Node(id, later.revision, district, at, deed);
        node.links.putAll(links);
        node.series = series;
        return node;
    }

    /** What a row says; {@code gone} if it was taken back or is not for this recipient any more. */
    static Node of(Row row, boolean gone) {
        long from = Times.of(row, "occurred_from");
        Deed deed = gone
                ? null
                : new Deed(
                        row.getFieldAs("lat"),
                        row.getFieldAs("lon"),
                        from,
                        Times.of(row, "occurred_to"),
                        row.getFieldAs("offence"),
                        said(row.getFieldAs("method_of_entry")),
                        said(row.getFieldAs("point_of_entry")),
                        said(row.getFieldAs("tool")),
                        said(row.getFieldAs("location_category")));
        return new Node(row.getFieldAs("record_id"), row.getFieldAs("revision"), row.getFieldAs("district"), from, deed);
    }

    Circle.Point point() {
        return new Circle.Point(deed.lat(), deed.lon());
    }

    /** What a reader of an alert would see of it: a change of anything else is no news. */
    String seen() {
        return id + "@" + at + "," + deed.lat() + "," + deed.lon();
    }

    byte[] pack() {
        return Packed.pack(List.of(this), Node::write);
    }

    static Node unpack(byte[] packed) {
        return Packed.unpack(packed, Node::read).get(0);
    }

    private static void write(Node node, Packed.Out out) {
        out.text(node.id).number(node.revision).text(node.district).number(node.at).text(node.series);
        out.number(node.deed == null ? 0 : 1);
        if (node.deed == null) {
            return;
        }
        Deed deed = node.deed;
        out.real(deed.lat()).real(deed.lon()).number(deed.occurredTo()).text(deed.offence());
        out.text(deed.methodOfEntry()).text(deed.pointOfEntry()).text(deed.tool()).text(deed.locationCategory());
        out.number(node.links.size());
        node.links.forEach((id, score) -> out.text(id).real(score));
    }

    private static Node read(Packed.In in) {
        String id = in.text();
        int revision = (int) in.number();
        String district = in.text();
        long at = in.number();
        String series = in.text();
        Deed deed = null;
        boolean stands = in.number() == 1;
        if (stands) {
            double lat = in.real();
            double lon = in.real();
            long to = in.number();
            deed = new Deed(lat, lon, at, to, in.text(), in.text(), in.text(), in.text(), in.text());
        }
        Node node = new Node(id, revision, district, at, deed);
        node.series = series;
        for (long left = stands ? in.number() : 0; left > 0; left--) {
            node.links.put(in.text(), in.real());
        }
        return node;
    }

    private static String said(String code) {
        return code == null ? "" : code;
    }

    private static byte[] bytes(String id) {
        return id.getBytes(StandardCharsets.UTF_8);
    }
}
