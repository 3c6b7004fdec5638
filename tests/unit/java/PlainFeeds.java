package crossbeat.feeds;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * What is remembered of feeds, kept the plain way: each thing a field of an object that lives, packed only to be compared.
 * Written before, and apart from, what reads and changes bytes at their places.
 */
final class PlainFeeds {
    private PlainFeeds() {}

    static final class PlainRhythm {

        private static final double FORGET_HOURS = 28 * 24;
        private static final double WEEK_HOURS = 7 * 24;
        private static final long LONGEST_MS = 60 * Rhythm.DAY_MS;
            private static final double BEYOND_LONGEST = 1.5;
            private static final double HOUR_PRIOR = 3;
        private static final double DAY_PRIOR = 5;
            private static final double PRIOR = 10;
            private static final double MOST_EVEN = 4;
        private static final double LEAST_EVEN = 0.25;

        private final float[] told = new float[24];
        private final float[] hours = new float[24];
        private final float[] toldByDay = new float[7];
        private final float[] hoursByDay = new float[7];
            private float silences;
        private float sum;
        private float squares;
        private float longest;
        private long first = Long.MIN_VALUE;
        private long last = Long.MIN_VALUE;

        void write(ByteBuffer out) {
            for (float[] figures : figures()) {
                out.asFloatBuffer().put(figures);
                out.position(out.position() + figures.length * Float.BYTES);
            }
            out.putFloat(silences).putFloat(sum).putFloat(squares).putFloat(longest).putLong(first).putLong(last);
        }

            void spoke(long at, boolean odd) {
            long stretch = Math.floorDiv(at, Rhythm.STRETCH_MS) * Rhythm.STRETCH_MS;
            if (first == Long.MIN_VALUE) {
                first = stretch;
                last = stretch;
                return;
            }
            if (stretch <= last) {
                return;
            }
            if (!odd && stretch - first > Rhythm.DAY_MS) {
                double silence = expected(last, stretch);
                longest = (float) Math.max(longest, silences < PRIOR ? 0 : silence);
                silences++;
                sum += silence;
                squares += silence * silence;
            }
            for (long t = Math.max(last, stretch - 2 * 7 * Rhythm.DAY_MS); t < stretch; ) {
                long next = Math.min(stretch, nextHour(t));
                hours[hour(t)] += (next - t) / (float) Rhythm.HOUR_MS;
                hoursByDay[day(t)] += (next - t) / (float) Rhythm.HOUR_MS;
                t = next;
            }
            told[hour(stretch)]++;
            toldByDay[day(stretch)]++;
            last = stretch;
            if (total(hours) > FORGET_HOURS) {
                forget();
            }
        }

            long limit(long since, double deviation, int words, long learnMs) {
            if (silences < words || last - first < learnMs) {
                return Rhythm.NEVER;
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
                double more = rate(t) * (next - t) / Rhythm.HOUR_MS;
                if (expected + more >= enough) {
                    return t + (long) ((enough - expected) / rate(t) * Rhythm.HOUR_MS);
                }
                expected += more;
                t = next;
            }
            return since + LONGEST_MS;
        }

            double expected(long from, long to) {
            double words = 0;
            for (long t = Math.max(from, to - LONGEST_MS); t < to; ) {
                long next = Math.min(to, nextHour(t));
                words += rate(t) * (next - t) / Rhythm.HOUR_MS;
                t = next;
            }
            return words;
        }

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
            return (int) Math.floorMod(Math.floorDiv(t, Rhythm.HOUR_MS), 24L);
        }

        private static int day(long t) {
            return (int) Math.floorMod(Math.floorDiv(t, Rhythm.DAY_MS), 7L);
        }

        private static long nextHour(long t) {
            return (Math.floorDiv(t, Rhythm.HOUR_MS) + 1) * Rhythm.HOUR_MS;
        }
    }

    static final class PlainClock {

        private static final int FINE = 0;
        private static final int AHEAD = 1;
        private static final int BEHIND = 2;
        private static final long RIGHT_MS = 12 * Rhythm.HOUR_MS;

            private final long[] written = new long[Clock.RECORDS];
        private final long[] arrived = new long[Clock.RECORDS];
            private long off;
            private long usual = -1;
            private long since;
        private long least;
        private long newest;
        private int count;
        private int right;
        private int state = FINE;

        void write(ByteBuffer out) {
            for (int i = 0; i < Clock.RECORDS; i++) {
                out.putLong(written[i]).putLong(arrived[i]);
            }
            out.putLong(off).putLong(usual).putLong(since).putLong(least).putLong(newest);
            out.putInt(count).putInt(right).putInt(state);
        }

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
            System.arraycopy(written, 0, written, 1, Clock.RECORDS - 1);
            System.arraycopy(arrived, 0, arrived, 1, Clock.RECORDS - 1);
            written[0] = word.recordedAt();
            arrived[0] = word.gatedAt();
            off = -word.delay();
            right = 0;
            if (arrived[Clock.RECORDS - 1] > 0 && arrived[0] - arrived[Clock.RECORDS - 1] < 2 * Rhythm.DAY_MS) {
                state = AHEAD;
                count = 0;
            }
        }

        private void inTime(Word word, Settings settings) {
            if (state == AHEAD) {
                right++;
                if (right > Clock.RECORDS && word.gatedAt() - arrived[0] > RIGHT_MS) {
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
            if (count < Clock.WINDOW || newest - since < Clock.WINDOW_MS) {
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

    static final class PlainRefusals {
        private static final int HOUR = 6;
        private static final int KEPT = 3 * HOUR;
            private static final double PRIOR = 100;
        private static final double FORGET = 20_000;

        private final int[] passed = new int[KEPT];
        private final int[] refused = new int[KEPT];
            private long stretch = Long.MIN_VALUE;
            private double all;
        private double allRefused;
            private long offset = -1;
            private int votes;
        boolean standing;
            long timer = Rhythm.NEVER;
        String reason = "";
            String record = "";

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

            void passed(Word word) {
            count(word, passed, word.counted() ? (int) word.number() : 1);
        }

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

            Refusals.Hour hour(long end) {
            long last = Math.floorDiv(end, Refusals.STRETCH_MS) - 1;
            if (last - HOUR < stretch - KEPT) {
                return null;
            }
            int bad = 0;
            int good = 0;
            for (long one = last - HOUR + 1; one <= Math.min(last, stretch); one++) {
                bad += refused[slot(one)];
                good += passed[slot(one)];
            }
            return new Refusals.Hour(bad, bad + good, (allRefused + 1) / (all + PRIOR), all);
        }

        private void count(Word word, int[] counts, int many) {
            long one = Math.floorDiv(word.gatedAt(), Refusals.STRETCH_MS);
            if (stretch == Long.MIN_VALUE) {
                stretch = one;
            }
            if (one <= stretch - KEPT) {
                all += many;
                allRefused += !word.refused() ? 0 : many;
                return;
            }
            for (long next = Math.max(stretch + 1, one - KEPT + 1); next <= one; next++) {
                settle(slot(next));
            }
            stretch = Math.max(stretch, one);
            counts[slot(one)] += many;
        }

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
    }

    static final class PlainFeed {
        private static final int FIXED = Rhythm.BYTES + 4 * Long.BYTES + 2 * Double.BYTES + 1;

        final PlainRhythm rhythm = new PlainRhythm();
            long newest = Long.MIN_VALUE;
            long heard = Long.MIN_VALUE;
            long resumed = Long.MIN_VALUE;
            long timer = Rhythm.NEVER;
            boolean silent;
            double lat = Double.NaN;
        double lon = Double.NaN;
            String record = "";

        byte[] pack() {
            byte[] name = record.getBytes(StandardCharsets.UTF_8);
            ByteBuffer out = ByteBuffer.allocate(FIXED + name.length);
            rhythm.write(out);
            out.putLong(newest).putLong(heard).putLong(resumed).putLong(timer);
            out.putDouble(lat).putDouble(lon).put((byte) (silent ? 1 : 0)).put(name);
            return out.array();
        }

            boolean ends(Word word, long least) {
            return heard != Long.MIN_VALUE && word.recordedAt() > newest && word.heardAt() - heard > least;
        }

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

    /** All of a record type. */
    static final class PlainSource {
        final PlainFeed feed = new PlainFeed();
        final PlainClock clock = new PlainClock();
        final PlainRefusals refusals = new PlainRefusals();

        byte[] pack() {
            byte[] counted = refusals.pack();
            byte[] heard = feed.pack();
            ByteBuffer out = ByteBuffer.allocate(Clock.BYTES + counted.length + heard.length);
            clock.write(out);
            return out.put(counted).put(heard).array();
        }
    }
}
