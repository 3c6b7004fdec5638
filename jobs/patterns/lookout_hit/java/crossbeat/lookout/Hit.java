package crossbeat.lookout;

import crossbeat.state.Packed.In;
import crossbeat.state.Packed.Out;
import java.util.List;

/** A read that a look-out asks for, and who was told of it; nobody, where the same camera's read just before was told. */
record Hit(String lookoutId, Read read, List<String> told) {
    boolean of(String lookout) {
        return lookoutId.equals(lookout);
    }

    /** Whether another read by the same camera falls into the same stretch of time, in milliseconds. */
    boolean repeatedBy(Read other, long again) {
        return read.camera().equals(other.camera())
                && read.district().equals(other.district())
                && Math.floorDiv(read.from(), again) == Math.floorDiv(other.from(), again);
    }

    void write(Out out) {
        out.text(lookoutId).texts(told);
        read.write(out);
    }

    static Hit read(In in) {
        String lookout = in.text();
        List<String> told = in.texts();
        return new Hit(lookout, Read.read(in), told);
    }
}
