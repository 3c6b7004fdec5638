package crossbeat.overdue;

import crossbeat.state.Packed;
import java.time.LocalDateTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Turns the revisions of one inspection into what holds of it: a row for each district that may see it and each finding,
 * and a row {@code gone} for each that held before and does not now. Runs once a key (record id): it knows one record, and
 * brings no two together.
 */
@DataTypeHint("ROW<recipient STRING NOT NULL, chain STRING NOT NULL, finding STRING NOT NULL, inspection_id STRING NOT NULL,"
        + " owner STRING NOT NULL, premises STRING NOT NULL, occurred_from TIMESTAMP(3) NOT NULL, lat DOUBLE NOT NULL,"
        + " lon DOUBLE NOT NULL, gone BOOLEAN NOT NULL>")
public class Findings extends ProcessTableFunction<Row> {

    /** The newest revision, and for whom (reader, chain, finding) it was said. */
    public static class Said {
        public int revision;
        public byte[] lines;
    }

    private record Line(String reader, String chain, String finding) {
        static void write(Line line, Packed.Out out) {
            out.text(line.reader).text(line.chain).text(line.finding);
        }

        static Line read(Packed.In in) {
            return new Line(in.text(), in.text(), in.text());
        }
    }

    /** A revision of an inspection. */
    public void eval(@StateHint Said said, @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row inspection) {
        int revision = inspection.getFieldAs("revision");
        if (revision <= said.revision) {
            return;
        }
        said.revision = revision;
        List<Line> now = lines(inspection);
        for (Line line : Packed.unpack(said.lines, Line::read)) {
            if (!now.contains(line)) {
                say(inspection, line, true);
            }
        }
        now.forEach(line -> say(inspection, line, false));
        said.lines = Packed.pack(now, Line::write);
    }

    private static List<Line> lines(Row inspection) {
        String chain = inspection.getFieldAs("chain");
        boolean retracted = inspection.getFieldAs("retracted");
        List<Line> lines = new ArrayList<>();
        if (chain != null && !retracted) {
            for (String reader : inspection.<String[]>getFieldAs("visible_to")) {
                Arrays.stream(inspection.<String[]>getFieldAs("findings"))
                        .distinct()
                        .forEach(finding -> lines.add(new Line(reader, chain, finding)));
            }
        }
        return lines;
    }

    private void say(Row of, Line line, boolean gone) {
        String owner = of.getFieldAs("district");
        LocalDateTime at = of.getFieldAs("occurred_from");
        collect(Row.of(
                line.reader,
                line.chain,
                line.finding,
                of.getFieldAs("record_id"),
                owner,
                of.getFieldAs("premises"),
                at,
                of.getFieldAs("lat"),
                of.getFieldAs("lon"),
                gone));
    }
}
