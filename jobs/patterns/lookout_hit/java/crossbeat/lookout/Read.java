package crossbeat.lookout;

import crossbeat.state.Packed.In;
import crossbeat.state.Packed.Out;
import java.util.List;

/** One read of a vehicle by a camera: when (milliseconds UTC), where (degrees, metres), how sure (0 to 1, below 0: not told). */
record Read(
        String id,
        int revision,
        String district,
        String camera,
        long from,
        long to,
        double lat,
        double lon,
        double precision,
        double confidence,
        List<String> near,
        List<String> readers) {

    void write(Out out) {
        out.text(id).number(revision).text(district).text(camera).number(from).number(to);
        out.real(lat).real(lon).real(precision).real(confidence).texts(near).texts(readers);
    }

    static Read read(In in) {
        return new Read(
                in.text(),
                (int) in.number(),
                in.text(),
                in.text(),
                in.number(),
                in.number(),
                in.real(),
                in.real(),
                in.real(),
                in.real(),
                in.texts(),
                in.texts());
    }
}
