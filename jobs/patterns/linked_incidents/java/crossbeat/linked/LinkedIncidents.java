package crossbeat.linked;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import crossbeat.geo.Box;
import crossbeat.geo.Sphere;
import java.util.ArrayList;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.FunctionHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.data.ArrayData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.ProcessTableFunction;

/**
 * Pairs of incidents of two districts, near in space and time. Runs once a key (what must match, cell of {@link
 * crossbeat.geo.Grid}): an incident meets those already there, then stays for those to come, at most for the window
 * and the lateness.
 *
 * <p>A revision that moved, or was taken back, comes as a removal to the cell of the one before and ends its pairs there.
 * A pair is undone in the cell that found it, so as with finding, in exactly one.
 *
 * <p>Gives a row {@code kind = 'pair'} for each pair, or its end, and {@code 'late'} for an incident that came when incidents it
 * should have met may have been dropped already. A late one still meets what is left and stays for as long as any of
 * its age.
 */
@FunctionHint(output = @DataTypeHint(value = LinkedIncidents.OUTPUT, bridgedTo = RowData.class))
public class LinkedIncidents extends ProcessTableFunction<RowData> {
    static final String INPUT =
            "ROW<record_id STRING NOT NULL, revision INT NOT NULL, district STRING NOT NULL, category STRING NOT NULL,"
                    + " occurred_from TIMESTAMP(3) NOT NULL, lat DOUBLE NOT NULL, lon DOUBLE NOT NULL,"
                    + " visible_to ARRAY<STRING NOT NULL> NOT NULL, home BOOLEAN NOT NULL, match_value STRING NOT NULL,"
                    + " cell BIGINT NOT NULL, prior BYTES>";
    static final String OUTPUT =
            "ROW<kind STRING NOT NULL, link_id STRING, category STRING, a_record_id STRING, b_record_id STRING,"
                    + " a_revision INT, b_revision INT, a_district STRING, b_district STRING,"
                    + " a_occurred_from TIMESTAMP(3), b_occurred_from TIMESTAMP(3), a_lat DOUBLE, a_lon DOUBLE,"
                    + " b_lat DOUBLE, b_lon DOUBLE, lat DOUBLE, lon DOUBLE, metres DOUBLE, hours DOUBLE,"
                    + " visible_to ARRAY<STRING NOT NULL>, watermark TIMESTAMP(3), late_by_hours DOUBLE,"
                    + " retracted BOOLEAN, prior_visible_to ARRAY<STRING NOT NULL>>";
    private static final long HOUR_MS = 3_600_000;
    /** Where the {@link Words} of a key stand among its buckets. */
    private static final long WORDS = Long.MIN_VALUE;

    private transient List<Incident> partners;
    private transient Limits limits;

    /**
     * One incident comes to one cell. All but the incident are constants of the query.
     *
     * @param metres the greatest distance of a pair of any two districts
     * @param windowMs the greatest difference of time of such a pair
     * @param usualM the greatest distance where two districts have none of their own
     * @param usualMs the same of time
     * @param metresByPair see {@link Limits}
     * @param daysByPair see {@link Limits}
     */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<BIGINT, BYTES>"), ttl = "0 ms") MapView<Long, byte[]> buckets,
            @ArgumentHint(
                            value = {SET_SEMANTIC_TABLE, REQUIRE_ON_TIME},
                            type = @DataTypeHint(value = INPUT, bridgedTo = RowData.class))
                    RowData input,
            double metres,
            long windowMs,
            long latenessMs,
            double usualM,
            long usualMs,
            String metresByPair,
            String daysByPair)
            throws Exception {
        if (partners == null) {
            partners = new ArrayList<>();
            limits = new Limits(usualM, usualMs, metresByPair, daysByPair);
        }
        Incident incident = Incident.of(input);
        byte[] known = buckets.get(WORDS);
        byte[] words = known == null ? Words.empty() : known;
        if (incident.prior != null && incident.prior.removal()) {
            if (known != null) {
                undo(buckets, incident, words, metres, windowMs);
            }
            tellIfLate(context, incident.before(), latenessMs);
            return;
        }
        if (!meet(buckets, incident, words, metres, windowMs)) {
            return; // this revision, or a later one, is there already
        }
        keepPairs(incident);
        for (Incident partner : partners) {
            collect(Rows.pair(incident, partner, before(incident, partner)));
        }
        TimeContext<Long> clock = context.timeContext(Long.class);
        Long watermark = clock.currentWatermark();
        long number = Math.floorDiv(incident.time, span(windowMs));
        // One that none in time can reach any more does not stay.
        if (watermark == null || until(number, windowMs, latenessMs) > watermark) {
            if (known == null) {
                clock.registerOnTime(windowMs + "," + latenessMs, until(number, windowMs, latenessMs));
            }
            byte[] more = Words.with(Words.with(Words.with(words, incident.district), incident.category), incident.visibleTo);
            if (more != known) {
                buckets.put(WORDS, more);
            }
            byte[] bucket = buckets.get(number);
            buckets.put(number, Bucket.with(bucket == null ? Bucket.empty() : bucket, incident, more));
        }
        tellIfLate(context, incident, latenessMs);
    }

    /** Those that it should have met, or whose pairs with it should end, may have been dropped: catch-up sees to them. */
    private void tellIfLate(Context context, Incident incident, long latenessMs) {
        Long watermark = context.timeContext(Long.class).currentWatermark();
        if (watermark != null && incident.time < watermark - latenessMs) {
            collect(Rows.late(incident, watermark, latenessMs));
        }
    }

    /**
     * Drops the buckets that no incident in time can reach any more. A key has one timer, named by what it needs to know
     * after a restart, not one a bucket: timers are written to every checkpoint and cost more there than the incidents.
     */
    public void onTimer(OnTimerContext context, MapView<Long, byte[]> buckets) throws Exception {
        String[] ages = context.currentTimer().split(",");
        long windowMs = Long.parseLong(ages[0]);
        long latenessMs = Long.parseLong(ages[1]);
        TimeContext<Long> clock = context.timeContext(Long.class);
        List<Long> old = new ArrayList<>();
        long next = Long.MAX_VALUE;
        for (Long number : buckets.keys()) {
            if (number != WORDS) {
                long until = until(number, windowMs, latenessMs);
                if (until <= clock.time()) {
                    old.add(number);
                } else {
                    next = Math.min(next, until);
                }
            }
        }
        if (next == Long.MAX_VALUE) {
            buckets.clear();
            return;
        }
        for (Long number : old) {
            buckets.remove(number);
        }
        clock.registerOnTime(context.currentTimer(), next);
    }

    /** Who could see the pair as it was before this revision; null where there was none. */
    private ArrayData before(Incident incident, Incident partner) {
        Prior prior = incident.prior;
        // Had the pair not stood then, to name its readers now would tell them of a place that they may not see.
        return prior != null && prior.sameMatch() && prior.near(partner, limits.between(incident, partner)) ? prior.readers(partner) : null;
    }

    /**
     * Takes an incident out of the cell of an earlier revision, and gives the pairs that this ends. A pair that the new
     * revision still makes is left alone: a new state of it comes from the cell of the new one.
     */
    private void undo(MapView<Long, byte[]> buckets, Incident incident, byte[] words, double metres, long windowMs)
            throws Exception {
        Prior prior = incident.prior;
        if (!drop(buckets, incident, words, Math.floorDiv(prior.time(), span(windowMs)))) {
            return;
        }
        Incident gone = incident.before();
        find(buckets, gone, words, metres, windowMs);
        keepPairs(gone);
        for (Incident partner : partners) {
            boolean stands = !prior.retracted()
                    && prior.sameMatch()
                    && limits.near(incident, partner);
            if (!stands) {
                collect(Rows.undone(gone, partner));
            }
        }
    }

    /** Of those that are near by the widest limits, leaves those that are by the limits of the two districts. */
    private void keepPairs(Incident incident) {
        if (!limits.same()) {
            partners.removeIf(partner -> !limits.near(incident, partner));
        }
    }

    /** Drops what a removal replaces; false if the key holds something newer already. */
    private static boolean drop(MapView<Long, byte[]> buckets, Incident incident, byte[] words, long number)
            throws Exception {
        byte[] bucket = buckets.get(number);
        int place = bucket == null ? -1 : Bucket.find(bucket, Words.find(words, incident.district), incident.id);
        if (place < 0) {
            return true;
        }
        int revision = Bucket.revision(bucket, Bucket.entry(bucket, place));
        int newest = incident.prior.retracted() ? incident.revision : incident.revision - 1;
        if (revision > newest) {
            return revision == incident.revision;
        }
        buckets.put(number, Bucket.without(bucket, place));
        return true;
    }

    /** Fills the partners with those of other districts that are near. */
    private void find(MapView<Long, byte[]> buckets, Incident incident, byte[] words, double metres, long windowMs)
            throws Exception {
        partners.clear();
        int district = Words.find(words, incident.district);
        Box box = new Box(incident.lat, incident.lon, metres);
        long last = Math.floorDiv(incident.time + windowMs, span(windowMs));
        for (long number = Math.floorDiv(incident.time - windowMs, span(windowMs)); number <= last; number++) {
            byte[] bucket = buckets.get(number);
            if (bucket != null) {
                addNear(bucket, incident, box, words, district, metres, windowMs);
            }
        }
    }

    /** Finds the partners; false if the incident is known already. An earlier revision of it is taken out. */
    private boolean meet(
            MapView<Long, byte[]> buckets, Incident incident, byte[] words, double metres, long windowMs)
            throws Exception {
        partners.clear();
        int district = Words.find(words, incident.district);
        Box box = new Box(incident.lat, incident.lon, metres);
        long first = Math.floorDiv(incident.time - windowMs, span(windowMs));
        long last = Math.floorDiv(incident.time + windowMs, span(windowMs));
        for (long number = first; number <= last; number++) {
            byte[] bucket = buckets.get(number);
            if (bucket == null) {
                continue;
            }
            addNear(bucket, incident, box, words, district, metres, windowMs);
            if (!replaces(buckets, number, bucket, incident, district)) {
                return false;
            }
        }
        if (incident.revision > 1) { // it may have stood at quite another time before
            List<Long> others = new ArrayList<>();
            buckets.keys().forEach(others::add);
            for (long number : others) {
                if (number != WORDS
                        && (number < first || number > last)
                        && !replaces(buckets, number, buckets.get(number), incident, district)) {
                    return false;
                }
            }
        }
        return true;
    }

    private void addNear(
            byte[] bucket, Incident incident, Box box, byte[] words, int district, double metres, long windowMs) {
        int size = Bucket.size(bucket);
        for (int place = Bucket.from(bucket, box.south());
                place < size && Bucket.latSteps(bucket, place) <= box.north();
                place++) {
            if (box.holdsLon(Bucket.lonSteps(bucket, place))
                    && Bucket.district(bucket, place) != district
                    && (incident.home || Bucket.home(bucket, place))
                    && near(bucket, Bucket.entry(bucket, place), incident, metres, windowMs)) {
                partners.add(Incident.of(bucket, place, words));
            }
        }
    }

    private static boolean near(byte[] bucket, int entry, Incident incident, double metres, long windowMs) {
        return Math.abs(Bucket.time(bucket, entry) - incident.time) <= windowMs
                && Sphere.metres(incident.lat, incident.lon, Bucket.lat(bucket, entry), Bucket.lon(bucket, entry)) <= metres;
    }

    /** False if the bucket holds this revision of the incident or a later one; an earlier one is taken out. */
    private static boolean replaces(
            MapView<Long, byte[]> buckets, long number, byte[] bucket, Incident incident, int district) throws Exception {
        int place = Bucket.find(bucket, district, incident.id);
        if (place < 0) {
            return true;
        }
        if (Bucket.revision(bucket, Bucket.entry(bucket, place)) >= incident.revision) {
            return false;
        }
        buckets.put(number, Bucket.without(bucket, place));
        return true;
    }

    /** Milliseconds that one bucket covers: as long as the window, so that three hold all partners. */
    private static long span(long windowMs) {
        return Math.max(windowMs, HOUR_MS);
    }

    /** When the clock has come so far, whatever pairs with this bucket has come, or is late. */
    private static long until(long number, long windowMs, long latenessMs) {
        return (number + 1) * span(windowMs) + windowMs + latenessMs;
    }
}
