package crossbeat.feeds;

/**
 * Whether the clock behind a feed is right, told from when its records were written and when they arrived. Times are
 * milliseconds UTC.
 *
 * <p>A record cannot have been written after it arrived: some that were show a clock that runs ahead. A clock that runs
 * behind, or a line that holds records up, shows in that not even the quickest of a dozen records came as quickly as
 * they use to.
 */
final class Clock {
    /** So many records written after their arrival, within two days, are no chance. */
    static final int RECORDS = 2;
    /** The quickest of so many records, over so long a time, tells how long they take. */
    static final int WINDOW = 12;

    static final long WINDOW_MS = 6 * Rhythm.HOUR_MS;
    private static final int FINE = 0;
    private static final int AHEAD = 1;
    private static final int BEHIND = 2;
    private static final long RIGHT_MS = 12 * Rhythm.HOUR_MS;

    /** Places: when the last records that were ahead were written, and arrived; the newest first. */
    private static final int WRITTEN = 0;
    private static final int ARRIVED = WRITTEN + Long.BYTES;
    private static final int BOTH = 2 * Long.BYTES;
    /** By how much the last one was ahead, or the last dozen behind what is usual. */
    private static final int OFF = RECORDS * BOTH;
    /** How long the quickest records use to take; -1 until it is known. */
    private static final int USUAL = OFF + Long.BYTES;
    /** The dozen that is being counted: since when, its quickest, the arrival of the newest, how many. */
    private static final int SINCE = USUAL + Long.BYTES;
    private static final int LEAST = SINCE + Long.BYTES;
    private static final int NEWEST = LEAST + Long.BYTES;
    private static final int COUNT = NEWEST + Long.BYTES;
    private static final int RIGHT = COUNT + Integer.BYTES;
    private static final int STATE = RIGHT + Integer.BYTES;
    static final int BYTES = STATE + Integer.BYTES;

    /** Holds it from its first byte on. */
    private final Memory memory;

    Clock(Memory memory) {
        this.memory = memory;
    }

    /** Writes that nothing is known. */
    static void begin(Memory memory) {
        memory.number(USUAL, -1);
    }

    boolean ahead() {
        return state() == AHEAD;
    }

    boolean behind() {
        return state() == BEHIND;
    }

    /** By how much it is wrong, in milliseconds. */
    long off() {
        return memory.number(OFF);
    }

    /** How long its quickest records used to take, in milliseconds. */
    long usual() {
        return memory.number(USUAL);
    }

    /** Takes in a live record; whether what is known of the clock has changed. */
    boolean take(Word word, Settings settings) {
        int before = state();
        if (word.delay() < -settings.aheadMs()) {
            ahead(word);
        } else if (word.recordedAt() > 0) {
            inTime(word, settings);
        }
        return state() != before;
    }

    private void ahead(Word word) {
        for (int i = 0; i < RECORDS; i++) {
            if (memory.number(WRITTEN + i * BOTH) == word.recordedAt()) {
                return;
            }
        }
        for (int i = RECORDS - 1; i > 0; i--) {
            memory.number(WRITTEN + i * BOTH, memory.number(WRITTEN + (i - 1) * BOTH));
            memory.number(ARRIVED + i * BOTH, memory.number(ARRIVED + (i - 1) * BOTH));
        }
        memory.number(WRITTEN, word.recordedAt());
        memory.number(ARRIVED, word.gatedAt());
        memory.number(OFF, -word.delay());
        memory.count(RIGHT, 0);
        long oldest = memory.number(ARRIVED + (RECORDS - 1) * BOTH);
        if (oldest > 0 && word.gatedAt() - oldest < 2 * Rhythm.DAY_MS) {
            memory.count(STATE, AHEAD);
            memory.count(COUNT, 0);
        }
    }

    private void inTime(Word word, Settings settings) {
        long now = word.gatedAt();
        if (ahead()) {
            int right = memory.count(RIGHT) + 1;
            memory.count(RIGHT, right);
            if (right > RECORDS && now - memory.number(ARRIVED) > RIGHT_MS) {
                memory.count(STATE, FINE);
            }
            return;
        }
        if (now <= memory.number(NEWEST)) {
            return; // known, or of the same batch: it says nothing more
        }
        memory.number(NEWEST, now);
        int count = memory.count(COUNT);
        if (count == 0) {
            memory.number(SINCE, now);
        }
        long delay = Math.max(0, word.delay());
        long least = count == 0 ? delay : Math.min(memory.number(LEAST), delay);
        count++;
        memory.number(LEAST, least);
        long usual = usual();
        if (behind() && least <= usual + settings.behindMs() / 2) {
            memory.count(STATE, FINE);
        }
        if (count < WINDOW || now - memory.number(SINCE) < WINDOW_MS) {
            memory.count(COUNT, count);
            return;
        }
        if (usual < 0) {
            memory.number(USUAL, least);
        } else if (least > usual + settings.behindMs()) {
            memory.count(STATE, BEHIND);
            memory.number(OFF, least - usual);
        } else {
            memory.number(USUAL, (3 * usual + least) / 4);
        }
        memory.count(COUNT, 0);
    }

    private int state() {
        return memory.count(STATE);
    }
}
