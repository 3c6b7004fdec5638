package crossbeat.feeds;

import java.nio.charset.StandardCharsets;

/**
 * What is remembered of one feed, or of one camera: its rhythm, and the newest record that it told. Some 400 bytes; times
 * are milliseconds UTC.
 */
final class Feed {
    /** Places, after its rhythm: {@code recorded_at} of its newest record, and when that was heard. */
    private static final int NEWEST = Rhythm.BYTES;
    private static final int HEARD = NEWEST + Long.BYTES;
    /** When it spoke again after its last silence that was long enough to be told of. */
    private static final int RESUMED = HEARD + Long.BYTES;
    private static final int TIMER = RESUMED + Long.BYTES;
    private static final int LAT = TIMER + Long.BYTES;
    private static final int LON = LAT + Double.BYTES;
    private static final int SILENT = LON + Double.BYTES;
    /** Id of its newest record, to the end. */
    private static final int RECORD = SILENT + 1;

    final Rhythm rhythm;
    private final Memory memory;

    private Feed(Memory memory) {
        this.memory = memory;
        this.rhythm = new Rhythm(memory);
    }

    /** From what {@link #pack} gave; from null one of which nothing is known. */
    static Feed unpack(byte[] packed) {
        return packed == null ? unknown() : unpack(packed, 0);
    }

    /** From what stands from a place to the end. */
    static Feed unpack(byte[] packed, int from) {
        return new Feed(new Memory(packed, from, packed.length));
    }

    static Feed unknown() {
        Memory memory = new Memory(RECORD);
        Rhythm.begin(memory);
        memory.number(NEWEST, Long.MIN_VALUE);
        memory.number(HEARD, Long.MIN_VALUE);
        memory.number(RESUMED, Long.MIN_VALUE);
        memory.number(TIMER, Rhythm.NEVER);
        memory.real(LAT, Double.NaN);
        memory.real(LON, Double.NaN);
        return new Feed(memory);
    }

    /** Not to be changed. */
    byte[] pack() {
        return memory.bytes();
    }

    /** Whether {@link #pack} gives something else than was unpacked. */
    boolean changed() {
        return memory.changed();
    }

    /** When its newest record was heard; {@link Long#MIN_VALUE} if none was. */
    long heard() {
        return memory.number(HEARD);
    }

    long resumed() {
        return memory.number(RESUMED);
    }

    /** When its timer is due; {@link Rhythm#NEVER} if none is set. */
    long timer() {
        return memory.number(TIMER);
    }

    void timer(long at) {
        if (at != timer()) {
            memory.number(TIMER, at);
        }
    }

    /** Whether its silence was told of and goes on. */
    boolean silent() {
        return memory.flag(SILENT);
    }

    void fallSilent() {
        memory.flag(SILENT, true);
    }

    /** Where its newest record lies; NaN if it has no place. */
    double lat() {
        return memory.real(LAT);
    }

    double lon() {
        return memory.real(LON);
    }

    /** Id of its newest record. */
    String record() {
        return memory.text(RECORD, memory.bytes().length - RECORD);
    }

    /** Whether a record ends a silence of more than {@code least} milliseconds. */
    boolean ends(Word word, long least) {
        return heard() != Long.MIN_VALUE && word.recordedAt() > newest() && word.heardAt() - heard() > least;
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
        if (word.recordedAt() <= newest()) {
            return -1;
        }
        long before = heard();
        long at = Math.max(before, word.heardAt());
        boolean over = silent();
        rhythm.spoke(at, odd || over);
        if (before != Long.MIN_VALUE && at - before > pause) {
            memory.number(RESUMED, at);
        }
        memory.number(NEWEST, word.recordedAt());
        memory.number(HEARD, at);
        memory.flag(SILENT, false);
        if (!word.counted()) {
            memory.real(LAT, word.lat());
            memory.real(LON, word.lon());
        }
        memory.tail(RECORD, word.record().getBytes(StandardCharsets.UTF_8));
        return over ? at - before : -1;
    }

    private long newest() {
        return memory.number(NEWEST);
    }
}
