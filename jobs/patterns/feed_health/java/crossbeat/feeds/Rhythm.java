package crossbeat.feeds;

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

    /** Places of its figures: words and hours by hour of the day, then by day of the week. */
    private static final int TOLD = 0;
    private static final int HOURS = TOLD + 24;
    private static final int TOLD_BY_DAY = HOURS + 24;
    private static final int HOURS_BY_DAY = TOLD_BY_DAY + 7;
    /** Silences: how many, their sum and sum of squares, and the longest, all in words that were to be expected. */
    private static final int SILENCES = HOURS_BY_DAY + 7;
    private static final int SUM = SILENCES + 1;
    private static final int SQUARES = SUM + 1;
    private static final int LONGEST = SQUARES + 1;
    private static final int FIGURES = LONGEST + 1;
    /** The first and the last stretch in which it spoke. */
    private static final int FIRST = FIGURES * Float.BYTES;
    private static final int LAST = FIRST + Long.BYTES;
    static final int BYTES = LAST + Long.BYTES;

    /** Holds it from its first byte on. */
    private final Memory memory;
    /** Read when they are asked for: most words fall into a stretch that has one already. */
    private float[] figures;

    Rhythm(Memory memory) {
        this.memory = memory;
    }

    /** Writes that nothing is known. */
    static void begin(Memory memory) {
        memory.number(FIRST, Long.MIN_VALUE);
        memory.number(LAST, Long.MIN_VALUE);
    }

    /** A word at a moment; {@code odd} says that the silence before it was told of, so that nothing is learnt from its length. */
    void spoke(long at, boolean odd) {
        long stretch = Math.floorDiv(at, STRETCH_MS) * STRETCH_MS;
        long first = memory.number(FIRST);
        long last = memory.number(LAST);
        if (first == Long.MIN_VALUE) {
            memory.number(FIRST, stretch);
            memory.number(LAST, stretch);
            return;
        }
        if (stretch <= last) {
            return;
        }
        float[] known = figures();
        if (!odd && stretch - first > DAY_MS) {
            double silence = expected(last, stretch);
            known[LONGEST] = (float) Math.max(known[LONGEST], known[SILENCES] < PRIOR ? 0 : silence);
            known[SILENCES]++;
            known[SUM] += silence;
            known[SQUARES] += silence * silence;
        }
        for (long t = Math.max(last, stretch - 2 * 7 * DAY_MS); t < stretch; ) {
            long next = Math.min(stretch, nextHour(t));
            known[HOURS + hour(t)] += (next - t) / (float) HOUR_MS;
            known[HOURS_BY_DAY + day(t)] += (next - t) / (float) HOUR_MS;
            t = next;
        }
        known[TOLD + hour(stretch)]++;
        known[TOLD_BY_DAY + day(stretch)]++;
        memory.number(LAST, stretch);
        if (total(known, HOURS) > FORGET_HOURS) {
            forget(known);
        }
        memory.figures(0, known);
    }

    /**
     * When a silence that began at a moment is as improbable as {@code deviation} standard deviations of a normal
     * distribution; {@link #NEVER} while too little is known.
     *
     * @param words the least number of silences to be learnt from
     * @param learnMs the least time to be learnt in
     */
    long limit(long since, double deviation, int words, long learnMs) {
        float[] known = figures();
        if (known[SILENCES] < words || memory.number(LAST) - memory.number(FIRST) < learnMs) {
            return NEVER;
        }
        double mean = (known[SUM] + PRIOR) / (known[SILENCES] + PRIOR);
        double variance = (known[SQUARES] + 2 * PRIOR) / (known[SILENCES] + PRIOR) - mean * mean;
        double even = Math.min(MOST_EVEN, Math.max(LEAST_EVEN, mean * mean / Math.max(variance, 1e-9)));
        // Wilson and Hilferty (PNAS 17, 1931): the cube root of a gamma variable is all but normal.
        double root = 1 - 1 / (9 * even) + deviation / (3 * Math.sqrt(even));
        double enough = Math.max(mean * root * root * root, BEYOND_LONGEST * known[LONGEST]);
        double all = total(known, HOURS);
        double usual = total(known, TOLD) / all;
        double expected = 0;
        for (long t = since; t < since + LONGEST_MS; ) {
            long next = nextHour(t);
            double rate = rate(known, all, usual, t);
            double more = rate * (next - t) / HOUR_MS;
            if (expected + more >= enough) {
                return t + (long) ((enough - expected) / rate * HOUR_MS);
            }
            expected += more;
            t = next;
        }
        return since + LONGEST_MS;
    }

    /** How often it would have spoken between two moments. */
    double expected(long from, long to) {
        float[] known = figures();
        double all = total(known, HOURS);
        double usual = total(known, TOLD) / all;
        double words = 0;
        for (long t = Math.max(from, to - LONGEST_MS); t < to; ) {
            long next = Math.min(to, nextHour(t));
            words += rate(known, all, usual, t) * (next - t) / HOUR_MS;
            t = next;
        }
        return words;
    }

    /** Words an hour at a moment, of what was told in {@code all} hours, {@code usual} an hour. */
    private static double rate(float[] known, double all, double usual, long t) {
        if (all == 0) {
            return 0;
        }
        int hour = hour(t);
        double rate = usual * (known[TOLD + hour] + HOUR_PRIOR) / (known[HOURS + hour] * usual + HOUR_PRIOR);
        if (all <= WEEK_HOURS) {
            return rate;
        }
        int day = day(t);
        return rate * (known[TOLD_BY_DAY + day] + DAY_PRIOR) / (known[HOURS_BY_DAY + day] * usual + DAY_PRIOR);
    }

    private static void forget(float[] known) {
        for (int i = 0; i < LONGEST; i++) {
            known[i] /= 2;
        }
        known[LONGEST] *= 0.7f;
    }

    private float[] figures() {
        if (figures == null) {
            figures = memory.figures(0, FIGURES);
        }
        return figures;
    }

    /** The sum over the hours of the day. */
    private static double total(float[] known, int from) {
        double total = 0;
        for (int i = from; i < from + 24; i++) {
            total += known[i];
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
