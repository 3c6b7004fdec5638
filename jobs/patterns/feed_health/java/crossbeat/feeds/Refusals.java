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

    private final int[] passed = new int[KEPT];
    private final int[] refused = new int[KEPT];
    /** The number of the newest stretch. */
    private long stretch = Long.MIN_VALUE;
    /** All that is older: of how many how many were refused. */
    private double all;
    private double allRefused;
    /** Offset of the last rejection: what is not above it is known. */
    private long offset = -1;
    /** The reason that most of the last were refused for, by Boyer and Moore's vote. */
    private int votes;
    boolean standing;
    /** When its timer is due; {@link Rhythm#NEVER} if none is set. */
    long timer = Rhythm.NEVER;
    String reason = "";
    /** Id of the last that was refused. */
    String record = "";

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

    static Refusals read(ByteBuffer in) {
        Refusals refusals = new Refusals();
        for (int i = 0; i < KEPT; i++) {
            refusals.passed[i] = in.getInt();
            refusals.refused[i] = in.getInt();
        }
        refusals.stretch = in.getLong();
        refusals.all = in.getDouble();
        refusals.allRefused = in.getDouble();
        refusals.offset = in.getLong();
        refusals.votes = in.getInt();
        refusals.standing = in.get() != 0;
        refusals.timer = in.getLong();
        refusals.reason = text(in);
        refusals.record = text(in);
        return refusals;
    }

    byte[] pack() {
        byte[] why = reason.getBytes(StandardCharsets.UTF_8);
        byte[] name = record.getBytes(StandardCharsets.UTF_8);
        ByteBuffer out = ByteBuffer.allocate(
                2 * KEPT * Integer.BYTES + 5 * Long.BYTES + Integer.BYTES + 1 + 2 * Short.BYTES + why.length + name.length);
        for (int i = 0; i < KEPT; i++) {
            out.putInt(passed[i]).putInt(refused[i]);
        }
        out.putLong(stretch).putDouble(all).putDouble(allRefused).putLong(offset).putInt(votes);
        out.put((byte) (standing ? 1 : 0)).putLong(timer);
        out.putShort((short) why.length).put(why).putShort((short) name.length).put(name);
        return out.array();
    }

    /** Counts a record that passed, or reads that were let go. */
    void passed(Word word) {
        count(word, passed, word.counted() ? (int) word.number() : 1);
    }

    /** Counts one that was refused; false if it is known. */
    boolean refused(Word word) {
        if (word.number() <= offset) {
            return false;
        }
        offset = word.number();
        record = word.record();
        String why = word.fault() == null ? word.reason() : word.reason() + " (" + word.fault() + ")";
        if (votes == 0) {
            reason = why;
        }
        votes = reason.equals(why) ? Math.min(votes + 1, 1000) : votes - 1;
        count(word, refused, 1);
        return true;
    }

    /** When the stretch ends that holds a moment. */
    static long end(long at) {
        return (Math.floorDiv(at, STRETCH_MS) + 1) * STRETCH_MS;
    }

    /** The hour that ends with the stretch whose end is given; null if it is no longer known whole. */
    Hour hour(long end) {
        long last = Math.floorDiv(end, STRETCH_MS) - 1;
        if (last - HOUR < stretch - KEPT) {
            return null;
        }
        int bad = 0;
        int good = 0;
        for (long one = last - HOUR + 1; one <= Math.min(last, stretch); one++) {
            bad += refused[slot(one)];
            good += passed[slot(one)];
        }
        return new Hour(bad, bad + good, (allRefused + 1) / (all + PRIOR), all);
    }

    private void count(Word word, int[] counts, int many) {
        long one = Math.floorDiv(word.gatedAt(), STRETCH_MS);
        if (stretch == Long.MIN_VALUE) {
            stretch = one;
        }
        if (one <= stretch - KEPT) {
            all += many;
            allRefused += word.reason() == null ? 0 : many;
            return;
        }
        for (long next = Math.max(stretch + 1, one - KEPT + 1); next <= one; next++) {
            settle(slot(next));
        }
        stretch = Math.max(stretch, one);
        counts[slot(one)] += many;
    }

    /** Puts an old stretch to what is usual, unless it is told of. */
    private void settle(int slot) {
        if (!standing) {
            all += passed[slot] + refused[slot];
            allRefused += refused[slot];
        }
        if (all > FORGET) {
            all /= 2;
            allRefused /= 2;
        }
        passed[slot] = 0;
        refused[slot] = 0;
    }

    private static int slot(long stretch) {
        return (int) Math.floorMod(stretch, (long) KEPT);
    }

    private static String text(ByteBuffer in) {
        byte[] bytes = new byte[in.getShort()];
        in.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
