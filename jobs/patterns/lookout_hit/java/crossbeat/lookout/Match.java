package crossbeat.lookout;

import crossbeat.state.Packed;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Holds reads against look-outs, keyed by vehicle: one row for each recipient of a hit, and one more when that recipient's
 * hit ends ({@code gone}).
 *
 * <p>Of a read that nobody asks for nothing is kept. The gate lets none through ({@code streams/gate/lookouts.py}), so one
 * that comes here may only be ahead of a look-out, for the two come by different topics: it waits for a minute, in a state
 * that runs out by itself, and is gone.
 */
@DataTypeHint("ROW<recipient STRING NOT NULL, read_id STRING NOT NULL, lookout_id STRING NOT NULL, gone BOOLEAN NOT NULL,"
        + " read_revision INT NOT NULL, camera STRING NOT NULL, camera_district STRING NOT NULL,"
        + " read_at TIMESTAMP(3) NOT NULL, lat DOUBLE NOT NULL, lon DOUBLE NOT NULL, accuracy_m DOUBLE NOT NULL,"
        + " confidence DOUBLE NOT NULL, owner STRING, case_reference STRING, reason STRING, authority STRING,"
        + " until TIMESTAMP(3)>")
public class Match extends ProcessTableFunction<Row> {
    private static final int HITS_KEPT = 500;
    private static final int READS_AHEAD = 100;

    /** The look-outs for a vehicle and their hits, packed. Both are null for any vehicle that nobody looks for. */
    public static class Vehicle {
        public byte[] lookouts;
        public byte[] hits;
    }

    /** Reads of the last minute, for a look-out that they came ahead of; the newest where they are many. */
    public static class Ahead {
        public byte[] reads;
    }

    /** A look-out or a read, told apart by {@code camera}, which a look-out has not; {@code againMs} in milliseconds. */
    public void eval(
            @StateHint Vehicle vehicle,
            @StateHint(ttl = "60 s") Ahead ahead,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row thing,
            Long againMs) {
        List<Lookout> lookouts = Packed.unpack(vehicle.lookouts, Lookout::read);
        List<Hit> hits = Packed.unpack(vehicle.hits, Hit::read);
        List<Read> lately = Packed.unpack(ahead.reads, Read::read);
        if (thing.getField("camera") == null) {
            change(thing, lookouts, hits);
            lately.forEach(read -> probe(read, lookouts, hits, againMs));
        } else {
            Read read = read(thing);
            lately.add(read);
            ahead.reads = Packed.pack(lately.subList(Math.max(0, lately.size() - READS_AHEAD), lately.size()), Read::write);
            probe(read, lookouts, hits, againMs);
        }
        vehicle.lookouts = Packed.pack(lookouts, Lookout::write);
        vehicle.hits = Packed.pack(hits.subList(Math.max(0, hits.size() - HITS_KEPT), hits.size()), Hit::write);
    }

    /** Takes in the new state of a look-out: hits that it no longer asks for end. */
    private void change(Row row, List<Lookout> lookouts, List<Hit> hits) {
        String id = row.getFieldAs("record_id");
        lookouts.removeIf(each -> each.id().equals(id));
        boolean gone = row.getFieldAs("gone");
        Lookout now = gone ? null : lookout(row);
        if (now != null) {
            lookouts.add(now);
        }
        for (Hit hit : List.copyOf(hits)) {
            if (!hit.of(id)) {
                continue;
            }
            List<String> still = now != null && now.asksFor(hit.read()) ? now.toTell(hit.read()) : List.of();
            hit.told().stream().filter(one -> !still.contains(one)).forEach(one -> emit(one, hit.read(), id, null));
            hits.remove(hit);
            if (!still.isEmpty()) {
                // A hit that was told to nobody, as the repetition of another, stays so.
                List<String> told = hit.told().isEmpty() ? List.of() : still;
                told.stream().filter(one -> !hit.told().contains(one)).forEach(one -> emit(one, hit.read(), id, now));
                hits.add(new Hit(id, hit.read(), told));
            }
        }
    }

    /** Each look-out that asks for a read makes it a hit, which is told unless that was done. */
    private void probe(Read read, List<Lookout> lookouts, List<Hit> hits, long again) {
        for (Lookout lookout : lookouts) {
            if (!lookout.asksFor(read) || lookout.toTell(read).isEmpty()) {
                continue;
            }
            List<Hit> mine = hits.stream().filter(hit -> hit.of(lookout.id())).toList();
            Hit known = mine.stream().filter(hit -> hit.read().id().equals(read.id())).findFirst().orElse(null);
            if (known != null && known.read().revision() >= read.revision()) {
                continue;
            }
            hits.remove(known);
            boolean repeated = mine.stream().anyMatch(hit -> hit != known && hit.repeatedBy(read, again));
            List<String> told = repeated ? List.of() : lookout.toTell(read);
            told.forEach(one -> emit(one, read, lookout.id(), lookout));
            hits.add(new Hit(lookout.id(), read, told));
        }
    }

    private void emit(String recipient, Read read, String lookoutId, Lookout lookout) {
        boolean gone = lookout == null;
        collect(Row.of(
                recipient,
                read.id(),
                lookoutId,
                gone,
                read.revision(),
                read.camera(),
                read.district(),
                utc(read.from()),
                read.lat(),
                read.lon(),
                read.precision(),
                read.confidence(),
                gone ? null : lookout.district(),
                gone ? null : lookout.caseReference(),
                gone ? null : lookout.reason(),
                gone ? null : lookout.authority(),
                gone ? null : utc(lookout.until())));
    }

    private static Lookout lookout(Row row) {
        return new Lookout(
                row.getFieldAs("record_id"),
                row.getFieldAs("district"),
                row.getFieldAs("case_reference"),
                row.getFieldAs("reason"),
                row.getFieldAs("authority"),
                milliseconds(row, "since"),
                milliseconds(row, "until"),
                texts(row, "readers"));
    }

    private static Read read(Row row) {
        return new Read(
                row.getFieldAs("record_id"),
                row.getFieldAs("revision"),
                row.getFieldAs("district"),
                row.getFieldAs("camera"),
                milliseconds(row, "since"),
                milliseconds(row, "until"),
                row.getFieldAs("lat"),
                row.getFieldAs("lon"),
                row.getFieldAs("accuracy_m"),
                row.getFieldAs("confidence"),
                texts(row, "near"),
                texts(row, "readers"));
    }

    private static List<String> texts(Row row, String name) {
        return new ArrayList<>(List.of(row.<String[]>getFieldAs(name)));
    }

    private static long milliseconds(Row row, String name) {
        return row.<LocalDateTime>getFieldAs(name).toInstant(ZoneOffset.UTC).toEpochMilli();
    }

    private static LocalDateTime utc(long milliseconds) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(milliseconds), ZoneOffset.UTC);
    }
}
