package crossbeat.feeds;

import java.nio.ByteBuffer;

/**
 * Whether the clock behind a feed is right, told from when its records were written and when they arrived. Times are
 * milliseconds UTC.
 *
 * <p>A record cannot have been written after it arrived: some that were show a clock that runs ahead. A clock that runs
 * behind, or a line that holds records up, shows in that not even the quickest of a dozen records came as quickly as
 * they use to.
 */
final class Clock {
    static final int BYTES = (2 * Clock.RECORDS + 5) * Long.BYTES + 3 * Integer.BYTES;
    /** So many records written after their arrival, within two days, are no chance. */
    static final int RECORDS = 2;
    /** The quickest of so many records, over so long a time, tells how long they take. */
    static final int WINDOW = 12;

    static final long WINDOW_MS = 6 * Rhythm.HOUR_MS;
    private static final int FINE = 0;
    private static final int AHEAD = 1;
    private static final int BEHIND = 2;
    private static final long RIGHT_MS = 12 * Rhythm.HOUR_MS;

    /** When the last records that were ahead were written, and arrived; the newest first. */
    private final long[] written = new long[RECORDS];
    private final long[] arrived = new long[RECORDS];
    /** By how much the last one was ahead, or the last dozen behind what is usual. */
    private long off;
    /** How long the quickest records use to take; -1 until it is known. */
    private long usual = -1;
    /** The dozen that is being counted: since when, its quickest, the arrival of the newest. */
    private long since;
    private long least;
    private long newest;
    private int count;
    private int right;
    private int state = FINE;

    static Clock read(ByteBuffer in) {
        Clock clock = new Clock();
        for (int i = 0; i < RECORDS; i++) {
            clock.written[i] = in.getLong();
            clock.arrived[i] = in.getLong();
        }
        clock.off = in.getLong();
        clock.usual = in.getLong();
        clock.since = in.getLong();
        clock.least = in.getLong();
        clock.newest = in.getLong();
        clock.count = in.getInt();
        clock.right = in.getInt();
        clock.state = in.getInt();
        return clock;
    }

    void write(ByteBuffer out) {
        for (int i = 0; i < RECORDS; i++) {
            out.putLong(written[i]).putLong(arrived[i]);
        }
        out.putLong(off).putLong(usual).putLong(since).putLong(least).putLong(newest);
        out.putInt(count).putInt(right).putInt(state);
    }

    boolean ahead() {
        return state == AHEAD;
    }

    boolean behind() {
        return state == BEHIND;
    }

    /** By how much it is wrong, in milliseconds. */
    long off() {
        return off;
    }

    /** How long its quickest records used to take, in milliseconds. */
    long usual() {
        return usual;
    }

    /** Takes in a live record; whether what is known of the clock has changed. */
    boolean take(Word word, Settings settings) {
        int before = state;
        if (word.delay() < -settings.aheadMs()) {
            ahead(word);
        } else if (word.recordedAt() > 0) {
            inTime(word, settings);
        }
        return state != before;
    }

    private void ahead(Word word) {
        for (long known : written) {
            if (known == word.recordedAt()) {
                return;
            }
        }
        System.arraycopy(written, 0, written, 1, RECORDS - 1);
        System.arraycopy(arrived, 0, arrived, 1, RECORDS - 1);
        written[0] = word.recordedAt();
        arrived[0] = word.gatedAt();
        off = -word.delay();
        right = 0;
        if (arrived[RECORDS - 1] > 0 && arrived[0] - arrived[RECORDS - 1] < 2 * Rhythm.DAY_MS) {
            state = AHEAD;
            count = 0;
        }
    }

    private void inTime(Word word, Settings settings) {
        if (state == AHEAD) {
            right++;
            if (right > RECORDS && word.gatedAt() - arrived[0] > RIGHT_MS) {
                state = FINE;
            }
            return;
        }
        if (word.gatedAt() <= newest) {
            return; // known, or of the same batch: it says nothing more
        }
        newest = word.gatedAt();
        if (count == 0) {
            since = newest;
            least = Long.MAX_VALUE;
        }
        count++;
        least = Math.min(least, Math.max(0, word.delay()));
        if (state == BEHIND && least <= usual + settings.behindMs() / 2) {
            state = FINE;
        }
        if (count < WINDOW || newest - since < WINDOW_MS) {
            return;
        }
        if (usual < 0) {
            usual = least;
        } else if (least > usual + settings.behindMs()) {
            state = BEHIND;
            off = least - usual;
        } else {
            usual = (3 * usual + least) / 4;
        }
        count = 0;
    }
}
