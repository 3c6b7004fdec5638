package crossbeat.feeds;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * How many records of a feed are refused, against how many use to be: counted in stretches of ten minutes, judged by the
 * hour. Times are milliseconds UTC, by the gate's clock.
 *
 * <p>Records and rejections come by two topics, one of which may be read far ahead of the other. So an hour is judged when
 * all of it must have come, and not while it comes.
 */
final class Refusals {
    static final long STRETCH_MS = 10 * 60_000L;
    private static final int HOUR = 6;
    private static final int KEPT = 3 * HOUR;
    /** Before anything is known, one in a hundred is taken to be refused. */
    private static final double PRIOR = 100;
    private static final double FORGET = 20_000;
    /** It is not told of while fewer than this part, or than so many times what is usual, are refused. */
    private static final double LEAST_PART = 0.05;
    private static final double TIMES_USUAL = 3;

    /** Places, after its clock: how many passed and were refused in each stretch that is kept. */
    private static final int PASSED = Clock.BYTES;
    private static final int REFUSED = PASSED + Integer.BYTES;
    private static final int BOTH = 2 * Integer.BYTES;
    /** The number of the newest stretch. */
    private static final int STRETCH = PASSED + KEPT * BOTH;
    /** All that is older: of how many how many were refused. */
    private static final int ALL = STRETCH + Long.BYTES;
    private static final int ALL_REFUSED = ALL + Double.BYTES;
    /** Offset of the last rejection: what is not above it is known. */
    private static final int OFFSET = ALL_REFUSED + Double.BYTES;
    /** For the reason that most of the last were refused for, by Boyer and Moore's vote. */
    private static final int VOTES = OFFSET + Long.BYTES;
    private static final int STANDING = VOTES + Integer.BYTES;
    /** When its timer is due; {@link Rhythm#NEVER} if none is set. */
    private static final int TIMER = STANDING + 1;
    /** That reason, then the id of the last that was refused: of each the length, and UTF-8. */
    private static final int TEXTS = TIMER + Long.BYTES;
    /** Of which nothing is known. */
    static final int LEAST_BYTES = TEXTS + 2 * Short.BYTES;

    private final Memory memory;

    Refusals(Memory memory) {
        this.memory = memory;
    }

    /** Writes that nothing is known. */
    static void begin(Memory memory) {
        memory.number(STRETCH, Long.MIN_VALUE);
        memory.number(OFFSET, -1);
        memory.number(TIMER, Rhythm.NEVER);
    }

    /** Where it ends, in the bytes of a {@link Source}. */
    static int end(byte[] packed) {
        ByteBuffer in = ByteBuffer.wrap(packed);
        int name = TEXTS + Short.BYTES + in.getShort(TEXTS);
        return name + Short.BYTES + in.getShort(name);
    }

    /** What an hour held: of how many how many were refused, what part of them usually is, and of how many that is known. */
    record Hour(int refused, int all, double usual, double known) {
        double part() {
            return all == 0 ? 0 : refused / (double) all;
        }

        /** Whether so many are as improbable as the settings ask, by Chernoff's bound for a Poisson variable. */
        boolean bad(Settings settings) {
            double expected = usual * all;
            if (known < PRIOR || refused < settings.refused() || part() < Math.max(LEAST_PART, TIMES_USUAL * usual)) {
                return false;
            }
            return refused - expected - refused * Math.log(refused / expected) < Math.log(settings.improbable());
        }

        /** Whether it is over. */
        boolean fine(Settings settings) {
            return refused < settings.refused() && part() < Math.max(LEAST_PART, TIMES_USUAL * usual) || refused == 0;
        }
    }

    boolean standing() {
        return memory.flag(STANDING);
    }

    void standing(boolean standing) {
        memory.flag(STANDING, standing);
    }

    long timer() {
        return memory.number(TIMER);
    }

    void timer(long at) {
        memory.number(TIMER, at);
    }

    String reason() {
        return memory.text(TEXTS + Short.BYTES, memory.length(TEXTS));
    }

    /** Id of the last that was refused. */
    String record() {
        int name = TEXTS + Short.BYTES + memory.length(TEXTS);
        return memory.text(name + Short.BYTES, memory.length(name));
    }

    /** Counts a record that passed, or reads that were let go. */
    void passed(Word word) {
        count(word, PASSED, word.counted() ? (int) word.number() : 1);
    }

    /** Counts one that was refused; false if it is known. */
    boolean refused(Word word) {
        if (word.number() <= memory.number(OFFSET)) {
            return false;
        }
        memory.number(OFFSET, word.number());
        String reason = reason();
        int votes = memory.count(VOTES);
        String why = word.fault() == null ? word.reason() : word.reason() + " (" + word.fault() + ")";
        if (votes == 0) {
            reason = why;
        }
        memory.count(VOTES, reason.equals(why) ? Math.min(votes + 1, 1000) : votes - 1);
        texts(reason, word.record());
        count(word, REFUSED, 1);
        return true;
    }

    /** When the stretch ends that holds a moment. */
    static long end(long at) {
        return (Math.floorDiv(at, STRETCH_MS) + 1) * STRETCH_MS;
    }

    /** The hour that ends with the stretch whose end is given; null if it is no longer known whole. */
    Hour hour(long end) {
        long last = Math.floorDiv(end, STRETCH_MS) - 1;
        long stretch = memory.number(STRETCH);
        if (last - HOUR < stretch - KEPT) {
            return null;
        }
        int bad = 0;
        int good = 0;
        for (long one = last - HOUR + 1; one <= Math.min(last, stretch); one++) {
            bad += memory.count(REFUSED + slot(one));
            good += memory.count(PASSED + slot(one));
        }
        double all = memory.real(ALL);
        return new Hour(bad, bad + good, (memory.real(ALL_REFUSED) + 1) / (all + PRIOR), all);
    }

    private void count(Word word, int counts, int many) {
        long one = Math.floorDiv(word.gatedAt(), STRETCH_MS);
        long stretch = memory.number(STRETCH);
        if (stretch == Long.MIN_VALUE) {
            stretch = one;
            memory.number(STRETCH, one);
        }
        if (one <= stretch - KEPT) {
            add(ALL, many);
            add(ALL_REFUSED, word.refused() ? many : 0);
            return;
        }
        if (one > stretch) {
            for (long next = Math.max(stretch + 1, one - KEPT + 1); next <= one; next++) {
                settle(slot(next));
            }
            memory.number(STRETCH, one);
        }
        memory.count(counts + slot(one), memory.count(counts + slot(one)) + many);
    }

    /** Puts an old stretch to what is usual, unless it is told of. */
    private void settle(int slot) {
        if (!standing()) {
            int refused = memory.count(REFUSED + slot);
            add(ALL, memory.count(PASSED + slot) + refused);
            add(ALL_REFUSED, refused);
        }
        if (memory.real(ALL) > FORGET) {
            memory.real(ALL, memory.real(ALL) / 2);
            memory.real(ALL_REFUSED, memory.real(ALL_REFUSED) / 2);
        }
        memory.count(PASSED + slot, 0);
        memory.count(REFUSED + slot, 0);
    }

    private void add(int at, int many) {
        memory.real(at, memory.real(at) + many);
    }

    private void texts(String reason, String record) {
        byte[] why = reason.getBytes(StandardCharsets.UTF_8);
        byte[] name = record.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(2 * Short.BYTES + why.length + name.length);
        out.putShort((short) why.length).put(why).putShort((short) name.length).put(name);
        memory.tail(TEXTS, out.array());
    }

    /** How far from the first the counts of a stretch lie. */
    private static int slot(long stretch) {
        return (int) Math.floorMod(stretch, (long) KEPT) * BOTH;
    }
}
