package crossbeat.feeds;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import crossbeat.alert.Alert;
import crossbeat.alert.Tellings;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * The health of one record type of one district, told to that district: whether it and its cameras speak as they use to,
 * whether its clock is right, whether more of it is refused than usual. Runs once a key (district, record type).
 *
 * <p>Nothing is found by looking round: each feed and camera has one timer, due when its silence would be improbable. It
 * is not moved with each record; when it is due and there was a record since, it is set anew.
 */
@DataTypeHint(Alert.ROW)
public class Health extends ProcessTableFunction<Row> {
    static final String INPUT = "ROW<recipient STRING, record_type STRING, camera STRING, record_id STRING,"
            + " happened_at TIMESTAMP(3), gated_at TIMESTAMP(3), lat DOUBLE, lon DOUBLE, reason STRING, fault STRING,"
            + " number BIGINT, took_s BIGINT>";
    /** Names of what is no camera; a camera's name begins with a letter or a digit. */
    private static final String SOURCE = "#source";

    private static final String REFUSED = "#refused";
    /** Before the end of a stretch of which words are held. */
    private static final String HELD = "#held ";
    /** The record type of which two topics tell. */
    private static final String CAMERAS = "camera_event";
    /** A camera of a feed that is silent itself is looked at again after so long. */
    private static final long AGAIN_MS = 15 * 60_000L;

    private transient Settings settings;

    /** A record, or one that was refused; {@code text} holds the settings, see {@link Settings#of}. */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> known,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> told,
            @StateHint(type = @DataTypeHint("MAP<BIGINT, BYTES>"), ttl = "0 ms") MapView<Long, byte[]> held,
            @ArgumentHint(
                            value = {SET_SEMANTIC_TABLE, REQUIRE_ON_TIME},
                            type = @DataTypeHint(value = INPUT, bridgedTo = RowData.class))
                    RowData input,
            String text)
            throws Exception {
        read(text);
        Word word = Word.of(input, settings.liveMs());
        if (word == null) {
            return; // the clock: it only lets time pass
        }
        TimeContext<Long> clock = context.timeContext(Long.class);
        if (!word.refused() && word.recordType().equals(CAMERAS) && hold(input, word, held, clock)) {
            return;
        }
        Source source = Source.unpack(known.get(SOURCE));
        Telling telling = new Telling(new Tellings<>(told), word.recipient(), word.recordType(), settings);
        if (!word.refused()) {
            spoke(word, source, known, clock, telling);
        } else if (source.refusals.refused(word)) {
            if (source.refusals.timer() == Rhythm.NEVER) {
                source.refusals.timer(set(clock, word, REFUSED, Refusals.end(word.gatedAt())));
            }
            // The gate refuses what is minutes ahead: of such a clock nothing else is ever seen.
            if (word.live() && word.delay() < 0 && source.clock.take(word, settings)) {
                say(telling.clock(source.clock, source.feed, word));
            }
        }
        if (source.changed()) {
            known.put(SOURCE, source.pack());
        }
    }

    /** Keeps a word until time has passed it; false if it has already. */
    private boolean hold(RowData input, Word word, MapView<Long, byte[]> held, TimeContext<Long> clock) throws Exception {
        Long now = clock.currentWatermark();
        long end = Held.end(clock.time());
        if (now != null && end <= now) {
            return false;
        }
        byte[] before = held.get(end);
        held.put(end, Held.with(before, input));
        if (before == null) {
            set(clock, word, HELD + end, end);
        }
        return true;
    }

    /** Takes the words of a stretch that is over. */
    private void release(
            long end, Due due, MapView<Long, byte[]> held, MapView<String, byte[]> known, TimeContext<Long> clock, Telling telling)
            throws Exception {
        byte[] words = held.get(end);
        if (words == null) {
            return;
        }
        held.remove(end);
        Source source = Source.unpack(known.get(SOURCE));
        for (Word word : Held.words(words, due, settings.liveMs())) {
            spoke(word, source, known, clock, telling);
        }
        if (source.changed()) {
            known.put(SOURCE, source.pack());
        }
    }

    private void spoke(
            Word word, Source source, MapView<String, byte[]> known, TimeContext<Long> clock, Telling telling)
            throws Exception {
        hear(word, source, source.feed, false, SOURCE, clock, telling);
        if (!word.camera().isEmpty()) {
            Feed camera = Feed.unpack(known.get(word.camera()));
            hear(word, source, camera, source.feed.resumed() > camera.heard(), word.camera(), clock, telling);
            if (camera.changed()) {
                known.put(word.camera(), camera.pack());
            }
        }
        source.refusals.passed(word);
        if (word.live() && source.clock.take(word, settings)) {
            say(telling.clock(source.clock, source.feed, word));
        }
    }

    private void hear(
            Word word, Source source, Feed feed, boolean odd, String name, TimeContext<Long> clock, Telling telling)
            throws Exception {
        long resumed = name.equals(SOURCE) ? Long.MIN_VALUE : source.feed.resumed();
        // In a replay time may pass after the record that ends a silence has come: both are told then.
        if (!feed.silent() && feed.ends(word, camera(name).isEmpty() ? settings.feedMs() : settings.cameraMs())) {
            long limit = limit(feed, Math.max(feed.heard(), resumed), name);
            if (limit < word.heardAt()) {
                feed.fallSilent();
                say(telling.silent(feed, camera(name), limit));
            }
        }
        long silence = feed.take(word, settings.feedMs(), odd);
        if (silence >= 0) {
            say(telling.speaks(feed, camera(name), silence));
        }
        if (feed.timer() == Rhythm.NEVER) {
            feed.timer(set(clock, word, name, limit(feed, feed.heard(), name)));
        }
    }

    /** A timer is due: a feed or a camera may have fallen silent, or a stretch is over, with refused records or held ones. */
    public void onTimer(
            OnTimerContext context, MapView<String, byte[]> known, MapView<String, byte[]> told, MapView<Long, byte[]> held)
            throws Exception {
        TimeContext<Long> clock = context.timeContext(Long.class);
        Due due = Due.of(context.currentTimer());
        read(due.settings());
        Telling telling = new Telling(new Tellings<>(told), due.recipient(), due.recordType(), settings);
        if (due.what().startsWith(HELD)) {
            release(clock.time(), due, held, known, clock, telling);
            return;
        }
        Long now = clock.currentWatermark();
        if (now == null || now == Long.MAX_VALUE) {
            return; // the end of a file is not the passing of time
        }
        Source source = Source.unpack(known.get(SOURCE));
        if (due.what().equals(REFUSED)) {
            judge(source, due, clock, telling);
        } else if (due.what().equals(SOURCE)) {
            watch(source.feed, source.feed, due, clock, telling);
        } else {
            Feed camera = Feed.unpack(known.get(due.what()));
            watch(camera, source.feed, due, clock, telling);
            known.put(due.what(), camera.pack());
        }
        if (source.changed()) {
            known.put(SOURCE, source.pack());
        }
    }

    /** Tells of a silence, or sets the timer anew; a silent feed's timer is set again by its next record. */
    private void watch(Feed one, Feed feed, Due due, TimeContext<Long> clock, Telling telling) throws Exception {
        // Not how far time has come by now: in a replay it passes in leaps, and what is told must not hang on them.
        long now = clock.time();
        one.timer(Rhythm.NEVER);
        boolean camera = one != feed;
        // A camera cannot be heard while its feed is silent: its silence counts from when the feed spoke again.
        long limit = limit(one, camera ? Math.max(one.heard(), feed.resumed()) : one.heard(), due.what());
        if (limit > now) {
            one.timer(set(clock, due, limit));
        } else if (camera && feed.heard() < limit) {
            one.timer(set(clock, due, now + AGAIN_MS));
        } else {
            one.fallSilent();
            say(telling.silent(one, camera(due.what()), camera ? now : limit));
        }
    }

    /** Judges the hour that is over. While more than usual is refused it looks again after each stretch. */
    private void judge(Source source, Due due, TimeContext<Long> clock, Telling telling) throws Exception {
        Refusals refusals = source.refusals;
        long end = refusals.timer();
        Refusals.Hour hour = refusals.hour(end);
        refusals.timer(Rhythm.NEVER);
        if (hour == null) {
            if (refusals.standing()) {
                refusals.timer(set(clock, due, Refusals.end(clock.time())));
            }
            return;
        }
        if (!refusals.standing() && hour.bad(settings)) {
            refusals.standing(true);
            say(telling.refused(refusals, hour, source.feed, end));
        } else if (refusals.standing() && hour.fine(settings)) {
            refusals.standing(false);
            say(telling.accepted(end));
        }
        if (refusals.standing() || hour.refused() > 0) {
            refusals.timer(set(clock, due, end + Refusals.STRETCH_MS));
        }
    }

    private long limit(Feed feed, long since, String name) {
        long limit = feed.rhythm.limit(since, settings.deviation(), settings.words(), settings.learnMs());
        long least = camera(name).isEmpty() ? settings.feedMs() : settings.cameraMs();
        return limit == Rhythm.NEVER ? limit : Math.max(limit, since + least);
    }

    private static String camera(String name) {
        return name.equals(SOURCE) ? "" : name;
    }

    private long set(TimeContext<Long> clock, Word word, String what, long at) {
        return set(clock, new Due(settings.text(), word.recipient(), word.recordType(), what), at);
    }

    /** Sets a timer unless it is never due, and gives back when it is. */
    private static long set(TimeContext<Long> clock, Due due, long at) {
        if (at != Rhythm.NEVER) {
            clock.registerOnTime(due.name(), at);
        }
        return at;
    }

    private void read(String text) {
        if (settings == null || !settings.text().equals(text)) {
            settings = Settings.of(text);
        }
    }

    private void say(Row row) {
        if (row != null) {
            collect(row);
        }
    }
}
