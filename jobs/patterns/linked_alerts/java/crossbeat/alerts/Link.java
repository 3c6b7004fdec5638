package crossbeat.alerts;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;

/** A link as seen from one of its ends: the incident at the other, how far, and the districts that may see both. */
record Link(Incident other, double metres, String[] readers) {
    private static final String SEPARATOR = " "; // a district's name has no space

    /** Links in one array, which is what state holds: one copy an access, no object graph for Flink to convert. */
    static byte[] pack(List<Link> links) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(128 * links.size());
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeInt(links.size());
            for (Link link : links) {
                link.write(out);
            }
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        return bytes.toByteArray();
    }

    static List<Link> unpack(byte[] packed) {
        List<Link> links = new ArrayList<>();
        if (packed == null) {
            return links;
        }
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
            for (int left = in.readInt(); left > 0; left--) {
                links.add(read(in));
            }
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        return links;
    }

    private static Link read(DataInputStream in) throws IOException {
        Incident other = Incident.read(in);
        double metres = in.readDouble();
        String readers = in.readUTF();
        return new Link(other, metres, readers.isEmpty() ? new String[0] : readers.split(SEPARATOR));
    }

    private void write(DataOutputStream out) throws IOException {
        other.write(out);
        out.writeDouble(metres);
        out.writeUTF(String.join(SEPARATOR, readers));
    }
}
