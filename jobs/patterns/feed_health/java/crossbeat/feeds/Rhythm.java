package crossbeat.feeds;

import java.nio.ByteBuffer;

/**
 * When something speaks, learnt from its own history: how often in each hour of the day and on each day of the week, and
 * how evenly. All times are milliseconds UTC; what speaks within one stretch of five minutes speaks once.
 *
 * <p>Silence is measured in the times that it would have spoken by its hours and days, not in minutes. So stretched, the
 * silences between words are alike by day and by night (the time-rescaling theorem: Brown and others, Neural Computation
 * 14, 2002), and a gamma distribution of their mean and spread says how improbable a longer one is. After four weeks of
 * learning all counts are halved, so that an old habit is forgotten.
 */
final class Rhythm {
    static final long STRETCH_MS = 5 * 60_000L;
    static final long HOUR_MS = 3_600_000L;
    static final long DAY_MS = 24 * HOUR_MS;
    /** No limit can be told yet. */
    static final long NEVER = Long.MAX_VALUE;

    static final int BYTES = (24 + 24 + 7 + 7 + 4) * Float.BYTES + 2 * Long.BYTES;
    private static final double FORGET_HOURS = 28 * 24;
    private static final double WEEK_HOURS = 7 * 24;
    private static final long LONGEST_MS = 60 * DAY_MS;
    /** A silence of up to so much longer than the longest one known is nothing new. */
    private static final double BEYOND_LONGEST = 1.5;
    /** An hour and a day count as usual until so many words speak against it. */
    private static final double HOUR_PRIOR = 3;
    private static final double DAY_PRIOR = 5;
    /** So many silences, as uneven as chance makes them, are taken as known from the start. */
    private static final double PRIOR = 10;
    /** More even than this nothing is taken to be: a word may come late, or not at all. */
    private static final double MOST_EVEN = 4;
    private static final double LEAST_EVEN = 0.25;

    private final float[] told = new float[24];
    private final float[] hours = new float[24];
    private final float[] toldByDay = new float[7];
    private final float[] hoursByDay = new float[7];
    /** Silences: how many, their sum and sum of squares, and the longest, all in words that were to be expected. */
    private float silences;
    private float sum;
    private float squares;
    private float longest;
    private long first = Long.MIN_VALUE;
    private long last = Long.MIN_VALUE;

    static Rhythm read(ByteBuffer in) {
        Rhythm rhythm = new Rhythm();
        for (float[] figures : rhythm.figures()) {
            in.asFloatBuffer().get(figures);
            in.position(in.position() + figures.length * Float.BYTES);
        }
        rhythm.silences = in.getFloat();
        rhythm.sum = in.getFloat();
        rhythm.squares = in.getFloat();
        rhythm.longest = in.getFloat();
        rhythm.first = in.getLong();
        rhythm.last = in.getLong();
        return rhythm;
    }

    void write(ByteBuffer out) {
        for (float[] figures : figures()) {
            out.asFloatBuffer().put(figures);
            out.position(out.position() + figures.length * Float.BYTES);
        }
        out.putFloat(silences).putFloat(sum).putFloat(squares).putFloat(longest).putLong(first).putLong(last);
    }

    /** A word at a moment; {@code odd} says that the silence before it was told of, so that nothing is learnt from its length. */
    void spoke(long at, boolean odd) {
        long stretch = Math.floorDiv(at, STRETCH_MS) * STRETCH_MS;
        if (first == Long.MIN_VALUE) {
            first = stretch;
            last = stretch;
            return;
        }
        if (stretch <= last) {
            return;
        }
        if (!odd && stretch - first > DAY_MS) {
            double silence = expected(last, stretch);
            longest = (float) Math.max(longest, silences < PRIOR ? 0 : silence);
            silences++;
            sum += silence;
            squares += silence * silence;
        }
        for (long t = Math.max(last, stretch - 2 * 7 * DAY_MS); t < stretch; ) {
            long next = Math.min(stretch, nextHour(t));
            hours[hour(t)] += (next - t) / (float) HOUR_MS;
            hoursByDay[day(t)] += (next - t) / (float) HOUR_MS;
            t = next;
        }
        told[hour(stretch)]++;
        toldByDay[day(stretch)]++;
        last = stretch;
        if (total(hours) > FORGET_HOURS) {
            forget();
        }
    }

    /**
     * When a silence that began at a moment is as improbable as {@code deviation} standard deviations of a normal
     * distribution; {@link #NEVER} while too little is known.
     *
     * @param words the least number of silences to be learnt from
     * @param learnMs the least time to be learnt in
     */
    long limit(long since, double deviation, int words, long learnMs) {
        if (silences < words || last - first < learnMs) {
            return NEVER;
        }
        double mean = (sum + PRIOR) / (silences + PRIOR);
        double variance = (squares + 2 * PRIOR) / (silences + PRIOR) - mean * mean;
        double even = Math.min(MOST_EVEN, Math.max(LEAST_EVEN, mean * mean / Math.max(variance, 1e-9)));
        // Wilson and Hilferty (PNAS 17, 1931): the cube root of a gamma variable is all but normal.
        double root = 1 - 1 / (9 * even) + deviation / (3 * Math.sqrt(even));
        double enough = Math.max(mean * root * root * root, BEYOND_LONGEST * longest);
        double expected = 0;
        for (long t = since; t < since + LONGEST_MS; ) {
            long next = nextHour(t);
            double more = rate(t) * (next - t) / HOUR_MS;
            if (expected + more >= enough) {
                return t + (long) ((enough - expected) / rate(t) * HOUR_MS);
            }
            expected += more;
            t = next;
        }
        return since + LONGEST_MS;
    }

    /** How often it would have spoken between two moments. */
    double expected(long from, long to) {
        double words = 0;
        for (long t = Math.max(from, to - LONGEST_MS); t < to; ) {
            long next = Math.min(to, nextHour(t));
            words += rate(t) * (next - t) / HOUR_MS;
            t = next;
        }
        return words;
    }

    /** Words an hour at a moment. */
    private double rate(long t) {
        double all = total(hours);
        if (all == 0) {
            return 0;
        }
        double usual = total(told) / all;
        double rate = usual * (told[hour(t)] + HOUR_PRIOR) / (hours[hour(t)] * usual + HOUR_PRIOR);
        if (all <= WEEK_HOURS) {
            return rate;
        }
        return rate * (toldByDay[day(t)] + DAY_PRIOR) / (hoursByDay[day(t)] * usual + DAY_PRIOR);
    }

    private void forget() {
        for (float[] figures : figures()) {
            for (int i = 0; i < figures.length; i++) {
                figures[i] /= 2;
            }
        }
        silences /= 2;
        sum /= 2;
        squares /= 2;
        longest *= 0.7f;
    }

    private float[][] figures() {
        return new float[][] {told, hours, toldByDay, hoursByDay};
    }

    private static double total(float[] figures) {
        double total = 0;
        for (float figure : figures) {
            total += figure;
        }
        return total;
    }

    private static int hour(long t) {
        return (int) Math.floorMod(Math.floorDiv(t, HOUR_MS), 24L);
    }

    private static int day(long t) {
        return (int) Math.floorMod(Math.floorDiv(t, DAY_MS), 7L);
    }

    private static long nextHour(long t) {
        return (Math.floorDiv(t, HOUR_MS) + 1) * HOUR_MS;
    }
}
