package crossbeat.feeds;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is remembered of one feed, or of one camera: its rhythm, and the newest record that it told. Some 400 bytes; times
 * are milliseconds UTC.
 */
final class Feed {
    private static final int FIXED = Rhythm.BYTES + 4 * Long.BYTES + 2 * Double.BYTES + 1;

    final Rhythm rhythm;
    /** {@code recorded_at} of its newest record. */
    long newest = Long.MIN_VALUE;
    /** When that was heard. */
    long heard = Long.MIN_VALUE;
    /** When it spoke again after its last silence that was long enough to be told of. */
    long resumed = Long.MIN_VALUE;
    /** When its timer is due; {@link Rhythm#NEVER} if none is set. */
    long timer = Rhythm.NEVER;
    /** Whether its silence was told of and goes on. */
    boolean silent;
    /** Where its newest record lies; NaN if it has no place. */
    double lat = Double.NaN;
    double lon = Double.NaN;
    /** Id of its newest record. */
    String record = "";

    private Feed(Rhythm rhythm) {
        this.rhythm = rhythm;
    }

    /** From what {@link #pack} gave; from null one of which nothing is known. */
    static Feed unpack(byte[] packed) {
        if (packed == null) {
            return new Feed(new Rhythm());
        }
        ByteBuffer in = ByteBuffer.wrap(packed);
        Feed feed = new Feed(Rhythm.read(in));
        feed.newest = in.getLong();
        feed.heard = in.getLong();
        feed.resumed = in.getLong();
        feed.timer = in.getLong();
        feed.lat = in.getDouble();
        feed.lon = in.getDouble();
        feed.silent = in.get() != 0;
        feed.record = new String(packed, FIXED, packed.length - FIXED, StandardCharsets.UTF_8);
        return feed;
    }

    byte[] pack() {
        byte[] name = record.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(FIXED + name.length);
        rhythm.write(out);
        out.putLong(newest).putLong(heard).putLong(resumed).putLong(timer);
        out.putDouble(lat).putDouble(lon).put((byte) (silent ? 1 : 0)).put(name);
        return out.array();
    }

    /** Whether a record ends a silence of more than {@code least} milliseconds. */
    boolean ends(Word word, long least) {
        return heard != Long.MIN_VALUE && word.recordedAt() > newest && word.heardAt() - heard > least;
    }

    /**
     * Takes in a record. One that is not newer than the newest says nothing: it is late, or known.
     *
     * @param pause a silence longer than this is one from which it resumes: cameras that report on the hour make an hour
     *     of silence, give or take a second, every hour
     * @param odd that something else is known to have kept it silent: nothing is learnt from how long
     * @return how long it had been silent, in milliseconds, if its silence was told of and is over with this; else -1
     */
    long take(Word word, long pause, boolean odd) {
        if (word.recordedAt() <= newest) {
            return -1;
        }
        long at = Math.max(heard, word.heardAt());
        long before = heard;
        boolean over = silent;
        rhythm.spoke(at, odd || silent);
        if (before != Long.MIN_VALUE && at - before > pause) {
            resumed = at;
        }
        newest = word.recordedAt();
        heard = at;
        silent = false;
        if (!word.counted()) {
            lat = word.lat();
            lon = word.lon();
        }
        record = word.record();
        return over ? at - before : -1;
    }
}
