package crossbeat.linked;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import crossbeat.geo.Sphere;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.ProcessTableFunction;

/**
 * Pairs of incidents of two districts, near in space and time. Runs once a key (what must match, cell of {@link
 * crossbeat.geo.Grid}): an incident meets those already there, then stays for those to come, at most for the window
 * and the lateness.
 *
 * <p>Gives a row {@code kind = 'pair'} for each pair and {@code 'late'} for an incident that came when incidents it
 * should have met may have been dropped already. A late one still meets what is left and stays for as long as any of
 * its age.
 */
@FunctionHint(output = @DataTypeHint(value = LinkedIncidents.OUTPUT, bridgedTo = RowData.class))
public class LinkedIncidents extends ProcessTableFunction<RowData> {
    static final String INPUT =
            "ROW<record_id STRING NOT NULL, revision INT NOT NULL, district STRING NOT NULL, category STRING NOT NULL,"
                    + " occurred_from TIMESTAMP(3) NOT NULL, lat DOUBLE NOT NULL, lon DOUBLE NOT NULL,"
                    + " visible_to ARRAY<STRING NOT NULL> NOT NULL, home BOOLEAN NOT NULL, match_value STRING NOT NULL,"
                    + " cell BIGINT NOT NULL>";
    static final String OUTPUT =
            "ROW<kind STRING NOT NULL, link_id STRING, category STRING, a_record_id STRING, b_record_id STRING,"
                    + " a_revision INT, b_revision INT, a_district STRING, b_district STRING,"
                    + " a_occurred_from TIMESTAMP(3), b_occurred_from TIMESTAMP(3), a_lat DOUBLE, a_lon DOUBLE,"
                    + " b_lat DOUBLE, b_lon DOUBLE, lat DOUBLE, lon DOUBLE, metres DOUBLE, hours DOUBLE,"
                    + " visible_to ARRAY<STRING NOT NULL>, watermark TIMESTAMP(3), late_by_hours DOUBLE>";
    private static final long HOUR_MS = 3_600_000;

    private transient List<Incident> partners;
    private transient double reachDeg;

    /** One incident comes to one cell. The last three arguments are constants of the query. */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<BIGINT, BYTES>"), ttl = "0 ms") MapView<Long, byte[]> buckets,
            @ArgumentHint(
                            value = {SET_SEMANTIC_TABLE, REQUIRE_ON_TIME},
                            type = @DataTypeHint(value = INPUT, bridgedTo = RowData.class))
                    RowData input,
            double metres,
            long windowMs,
            long latenessMs)
            throws Exception {
        if (partners == null) {
            partners = new ArrayList<>();
            reachDeg = Sphere.degrees(metres) + 1e-9;
        }
        Incident incident = Incident.of(input);
        if (!meet(buckets, incident, metres, windowMs)) {
            return; // this revision, or a later one, is there already
        }
        for (Incident partner : partners) {
            collect(Rows.pair(incident, partner));
        }
        TimeContext<Long> clock = context.timeContext(Long.class);
        Long watermark = clock.currentWatermark();
        stay(buckets, incident, clock, watermark, windowMs, latenessMs);
        if (watermark != null && incident.time < watermark - latenessMs) {
            collect(Rows.late(incident, watermark, latenessMs));
        }
    }

    /** Drops a bucket, named by the timer, which no incident in time can reach any more. */
    public void onTimer(OnTimerContext context, MapView<Long, byte[]> buckets) throws Exception {
        buckets.remove(Long.parseLong(context.currentTimer()));
    }

    /** Finds the partners; false if the incident is known already. An earlier revision of it is taken out. */
    private boolean meet(MapView<Long, byte[]> buckets, Incident incident, double metres, long windowMs)
            throws Exception {
        partners.clear();
        long span = span(windowMs);
        long first = Math.floorDiv(incident.time - windowMs, span);
        long last = Math.floorDiv(incident.time + windowMs, span);
        for (long number = first; number <= last; number++) {
            byte[] bucket = buckets.get(number);
            if (bucket != null && !scan(buckets, number, bucket, incident, metres, windowMs)) {
                return false;
            }
        }
        if (incident.revision > 1) { // it may have stood at quite another time before
            List<Long> others = new ArrayList<>();
            buckets.keys().forEach(others::add);
            for (long number : others) {
                if ((number < first || number > last)
                        && !scan(buckets, number, buckets.get(number), incident, metres, -1)) {
                    return false;
                }
            }
        }
        return true;
    }

    private boolean scan(
            MapView<Long, byte[]> buckets, long number, byte[] bucket, Incident incident, double metres, long windowMs)
            throws Exception {
        int district = Bucket.find(bucket, incident.district);
        int earlier = -1;
        for (int entry = Bucket.first(bucket); entry < bucket.length; entry = Bucket.next(bucket, entry)) {
            if (Bucket.district(bucket, entry) == district) {
                if (Bucket.sameId(bucket, entry, incident.id)) {
                    if (Bucket.revision(bucket, entry) >= incident.revision) {
                        return false;
                    }
                    earlier = entry;
                }
            } else if ((incident.home || Bucket.home(bucket, entry))
                    && Math.abs(Bucket.time(bucket, entry) - incident.time) <= windowMs
                    && Math.abs(Bucket.lat(bucket, entry) - incident.lat) <= reachDeg
                    && Sphere.metres(
                                    incident.lat, incident.lon, Bucket.lat(bucket, entry), Bucket.lon(bucket, entry))
                            <= metres) {
                partners.add(Incident.of(bucket, entry));
            }
        }
        if (earlier >= 0) {
            buckets.put(number, Bucket.without(bucket, earlier));
        }
        return true;
    }

    private static void stay(
            MapView<Long, byte[]> buckets,
            Incident incident,
            TimeContext<Long> clock,
            Long watermark,
            long windowMs,
            long latenessMs)
            throws Exception {
        long span = span(windowMs);
        long number = Math.floorDiv(incident.time, span);
        long until = (number + 1) * span + windowMs + latenessMs;
        if (watermark != null && until <= watermark) {
            return; // none that comes in time can reach it
        }
        byte[] bucket = buckets.get(number);
        if (bucket == null) {
            clock.registerOnTime(Long.toString(number), until);
            bucket = Bucket.empty();
        }
        buckets.put(number, Bucket.with(bucket, incident));
    }

    /** Milliseconds that one bucket covers: as long as the window, so that three hold all partners. */
    private static long span(long windowMs) {
        return Math.max(windowMs, HOUR_MS);
    }
}
