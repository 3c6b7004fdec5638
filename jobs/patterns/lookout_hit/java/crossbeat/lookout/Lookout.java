package crossbeat.lookout;

import crossbeat.state.Packed.In;
import crossbeat.state.Packed.Out;
import java.util.List;

/** A live look-out: what it is for, from when until when (milliseconds UTC, both included), and who may see it. */
record Lookout(
        String id,
        String district,
        String caseReference,
        String reason,
        String authority,
        long since,
        long until,
        List<String> readers) {

    /**
     * Whether a read is one that it asks for: wholly within its time, by a district that may see it. A camera answers no
     * look-out that its own district does not know of.
     */
    boolean asksFor(Read read) {
        return since <= read.from() && read.to() <= until && readers.contains(read.district());
    }

    /** Who is told: its owner, the district of the camera and those near it, as far as they may see both. */
    List<String> toTell(Read read) {
        return readers.stream()
                .filter(read.readers()::contains)
                .filter(one -> one.equals(district) || one.equals(read.district()) || read.near().contains(one))
                .sorted()
                .toList();
    }

    void write(Out out) {
        out.text(id).text(district).text(caseReference).text(reason).text(authority).number(since).number(until).texts(readers);
    }

    static Lookout read(In in) {
        return new Lookout(
                in.text(), in.text(), in.text(), in.text(), in.text(), in.number(), in.number(), in.texts());
    }
}
