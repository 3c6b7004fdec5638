package crossbeat.alerts;

import crossbeat.geo.Sphere;
import java.io.DataInput;
import java.io.DataOutput;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Comparator;

/** What a link says of one of its two incidents: place in degrees, {@code at} its occurred_from in milliseconds UTC. */
record Incident(String id, int revision, String district, long at, double lat, double lon) {
    /** Earliest first, and of one moment the smaller record id by bytes, so that any three have one and the same first. */
    static final Comparator<Incident> BY_TIME = Comparator.comparingLong(Incident::at).thenComparing(Incident::bytes, Arrays::compareUnsigned);

    private byte[] bytes() {
        return id.getBytes(StandardCharsets.UTF_8);
    }

    static Incident read(DataInput in) throws IOException {
        return new Incident(in.readUTF(), in.readInt(), in.readUTF(), in.readLong(), in.readDouble(), in.readDouble());
    }

    void write(DataOutput out) throws IOException {
        out.writeUTF(id);
        out.writeInt(revision);
        out.writeUTF(district);
        out.writeLong(at);
        out.writeDouble(lat);
        out.writeDouble(lon);
    }

    /** Whether another state of it says the same to a reader, whatever its revision. */
    boolean same(Incident other) {
        return id.equals(other.id) && at == other.at && lat == other.lat && lon == other.lon;
    }

    /** Great-circle distance on the sphere that links are measured on, in metres. */
    double metresTo(Incident other) {
        return Sphere.metres(lat, lon, other.lat, other.lon);
    }
}
