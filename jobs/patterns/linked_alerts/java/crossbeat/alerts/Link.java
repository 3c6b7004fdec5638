package crossbeat.alerts;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A link as seen from one of its ends: that incident, the one at the other end, how far, and the districts that may see
 * both: nobody where the link no longer stands.
 */
record Link(Incident here, Incident other, double metres, String[] readers) {
    private static final String SEPARATOR = " "; // a district's name has no space

    /** Of two states of one link the one with the higher version counts. */
    long version() {
        return (long) here.revision() + other.revision();
    }

    /**
     * Whether a state known before makes this one no news. Of one version the end of a link comes after it, and for good:
     * what was read before an aborted transaction is read again after it.
     */
    boolean oldBeside(Link known) {
        return version() < known.version() || version() == known.version() && (known.readers.length == 0 || same(known));
    }

    private boolean same(Link known) {
        return here.same(known.here)
                && other.same(known.other)
                && metres == known.metres
                && Arrays.equals(readers, known.readers);
    }

    boolean readBy(String district) {
        return Arrays.asList(readers).contains(district);
    }

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
        Incident here = Incident.read(in);
        Incident other = Incident.read(in);
        double metres = in.readDouble();
        String readers = in.readUTF();
        return new Link(here, other, metres, readers.isEmpty() ? new String[0] : readers.split(SEPARATOR));
    }

    private void write(DataOutputStream out) throws IOException {
        here.write(out);
        other.write(out);
        out.writeDouble(metres);
        out.writeUTF(String.join(SEPARATOR, readers));
    }
}
