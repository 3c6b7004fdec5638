package crossbeat.alerts;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/** Three incidents, the centre linked to the two others: the smallest thing that an alert is raised for. */
record Triple(Incident centre, Link one, Link two) {

    /** The three, earliest first. */
    List<Incident> incidents() {
        Incident[] three = {centre, one.other(), two.other()};
        Arrays.sort(three, Incident.BY_TIME);
        return List.of(three);
    }

    /** Milliseconds from the first to the last. */
    long span() {
        List<Incident> three = incidents();
        return three.get(2).at() - three.get(0).at();
    }

    /** The greatest distance between any two of the three, in metres. */
    double widest() {
        return Math.max(one.other().metresTo(two.other()), Math.max(one.metres(), two.metres()));
    }

    /** Districts that may see all three, sorted. */
    String[] readers() {
        Set<String> both = new HashSet<>(Arrays.asList(one.readers()));
        both.retainAll(Arrays.asList(two.readers()));
        return both.stream().sorted().toArray(String[]::new);
    }

    byte[] pack() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            centre.write(out);
            out.write(Link.pack(List.of(one, two)));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
        return bytes.toByteArray();
    }

    static Triple unpack(byte[] packed) {
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(packed))) {
            Incident centre = Incident.read(in);
            List<Link> links = Link.unpack(in.readAllBytes());
            return new Triple(centre, links.get(0), links.get(1));
        } catch (IOException cause) {
            throw new UncheckedIOException(cause);
        }
    }
}
