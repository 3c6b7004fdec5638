package crossbeat.feeds;

import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * Random words of one record type and its cameras, taken in by what the pattern keeps, which is unpacked and packed at each
 * word, and by {@link PlainFeeds}: answers and bytes must be the same after each. Arguments: a seed, and how many words.
 * Prints what was met, a name and a number a line; the first difference ends it.
 */
public final class FeedsCheck {
    private static final Settings SETTINGS = Settings.of("0.00001 2.0 4.0 30 36.0 36.0 120 1200 10 14.0");
    private static final int CAMERAS = 3;
    private static final long HOUR_MS = Rhythm.HOUR_MS;

    private final Random random;
    private final Map<String, byte[]> known = new HashMap<>();
    private final Map<String, PlainFeeds.PlainFeed> cameras = new HashMap<>();
    private final PlainFeeds.PlainSource plain = new PlainFeeds.PlainSource();
    private final Map<String, Integer> met = new TreeMap<>();
    private long now = 1_736_000_000_000L;
    private long offset;

    private FeedsCheck(long seed) {
        random = new Random(seed);
    }

    public static void main(String[] arguments) {
        FeedsCheck check = new FeedsCheck(Long.parseLong(arguments[0]));
        for (int left = Integer.parseInt(arguments[1]); left > 0; left--) {
            check.take(check.word());
        }
        check.met.forEach((what, times) -> System.out.println(what + " " + times));
    }

    private Word word() {
        boolean night = now / HOUR_MS % 24 < 6;
        now += (long) (-Math.log(1 - random.nextDouble()) * (night ? 900_000 : 120_000));
        if (random.nextInt(1_000) == 0) {
            now += random.nextInt(100) * HOUR_MS;
        }
        GenericRowData row = new GenericRowData(12);
        text(row, 0, "north");
        text(row, 1, "camera_event");
        text(row, 2, random.nextInt(3) == 0 ? "" : "cam-" + random.nextInt(CAMERAS));
        text(row, 3, "north:é" + Long.toString(random.nextLong() >>> random.nextInt(63), 36));
        row.setField(4, at(now - delay()));
        row.setField(5, at(now));
        if (random.nextInt(4) > 0) {
            row.setField(6, 43 + random.nextDouble());
            row.setField(7, random.nextDouble() - 80);
        }
        long day = now / Rhythm.DAY_MS;
        if (random.nextInt(100) < (day % 5 == 0 ? 40 : 2)) {
            text(row, 8, random.nextInt(3) == 0 ? "bad_code" : "no_time");
            text(row, 9, random.nextBoolean() ? "offence" : null);
            offset += random.nextInt(3); // some are told twice
            row.setField(10, offset);
        } else if (random.nextInt(5) == 0) {
            text(row, 3, "north" + Word.COUNT + day);
            row.setField(10, (long) random.nextInt(300));
            row.setField(11, delay() / 1000);
        }
        return Word.of(row, SETTINGS.liveMs());
    }

    /** Mostly minutes, at times days; of three weeks in one all are held up, in one the clock is ahead at times. */
    private long delay() {
        long week = now / (7 * Rhythm.DAY_MS) % 3;
        long usual = (long) Math.abs(random.nextGaussian() * 200_000);
        return switch (random.nextInt(200)) {
            case 0 -> week == 1 ? -random.nextInt(500_000) : usual;
            case 1 -> random.nextInt(100) * HOUR_MS;
            case 2 -> -2 * Rhythm.DAY_MS;
            default -> week == 0 ? usual + HOUR_MS : usual;
        };
    }

    private void take(Word word) {
        byte[] before = known.get("");
        Source source = Source.unpack(before);
        if (word.refused()) {
            boolean taken = source.refusals.refused(word);
            same("refused", taken, plain.refusals.refused(word));
            if (taken) {
                clock(word, source);
            }
        } else {
            hear("feed", word, source.feed, plain.feed, SETTINGS.feedMs());
            if (!word.camera().isEmpty()) {
                camera(word);
            }
            source.refusals.passed(word);
            plain.refusals.passed(word);
            clock(word, source);
        }
        judge(source);
        if (!source.changed()) {
            count("source untouched");
            keep("", before, plain.pack()); // what did not change is not written back
        }
        keep("", source.pack(), plain.pack());
    }

    private void camera(Word word) {
        byte[] before = known.get(word.camera());
        Feed camera = Feed.unpack(before);
        PlainFeeds.PlainFeed other = cameras.computeIfAbsent(word.camera(), name -> new PlainFeeds.PlainFeed());
        hear("camera", word, camera, other, SETTINGS.cameraMs());
        if (!camera.changed()) {
            count("camera untouched");
            keep(word.camera(), before, other.pack());
        }
        keep(word.camera(), camera.pack(), other.pack());
    }

    private void hear(String name, Word word, Feed feed, PlainFeeds.PlainFeed other, long least) {
        boolean ends = feed.ends(word, least);
        same("ends", ends, other.ends(word, least));
        if (ends) {
            long limit = feed.rhythm.limit(feed.heard(), SETTINGS.deviation(), SETTINGS.words(), SETTINGS.learnMs());
            same("limit", limit, other.rhythm.limit(other.heard, SETTINGS.deviation(), SETTINGS.words(), SETTINGS.learnMs()));
            double missed = feed.rhythm.expected(feed.heard(), word.heardAt());
            same("expected", missed, other.rhythm.expected(other.heard, word.heardAt()));
            if (limit < word.heardAt()) {
                count(name + " silent");
                feed.fallSilent();
                other.silent = true;
            }
        }
        boolean odd = random.nextInt(50) == 0;
        same("silence", feed.take(word, SETTINGS.feedMs(), odd), other.take(word, SETTINGS.feedMs(), odd));
        if (feed.timer() == Rhythm.NEVER || random.nextInt(100) == 0) {
            other.timer = feed.rhythm.limit(feed.heard(), SETTINGS.deviation(), SETTINGS.words(), SETTINGS.learnMs());
            feed.timer(other.timer);
        }
    }

    private void clock(Word word, Source source) {
        if (!word.live()) {
            count("history");
            return;
        }
        boolean changed = source.clock.take(word, SETTINGS);
        same("clock", changed, plain.clock.take(word, SETTINGS));
        if (changed) {
            count(source.clock.ahead() ? "ahead" : source.clock.behind() ? "behind" : "right");
        }
    }

    private void judge(Source source) {
        if (random.nextInt(20) > 0) {
            return;
        }
        long end = Refusals.end(now) - random.nextInt(12) * Refusals.STRETCH_MS;
        Refusals.Hour hour = source.refusals.hour(end);
        same("hour", hour, plain.refusals.hour(end));
        if (hour != null && hour.bad(SETTINGS) != source.refusals.standing()) {
            count("refusals judged");
            plain.refusals.standing = hour.bad(SETTINGS);
            source.refusals.standing(plain.refusals.standing);
        }
        plain.refusals.timer = end;
        source.refusals.timer(end);
    }

    private void keep(String name, byte[] packed, byte[] other) {
        if (!Arrays.equals(packed, other)) {
            throw new IllegalStateException("other bytes of '" + name + "' after " + met);
        }
        known.put(name, packed);
    }

    private void same(String what, Object one, Object other) {
        count(what);
        if (!Objects.equals(one, other)) {
            throw new IllegalStateException(what + ": " + one + " and not " + other + " after " + met);
        }
    }

    private void count(String what) {
        met.merge(what, 1, Integer::sum);
    }

    private static void text(GenericRowData row, int at, String text) {
        row.setField(at, StringData.fromString(text));
    }

    private static TimestampData at(long milliseconds) {
        return TimestampData.fromEpochMillis(milliseconds);
    }
}
