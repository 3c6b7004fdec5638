package crossbeat.lines;

import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Queue;
import java.util.Set;

/**
 * Lets the sources of one trial read in the order in which their records arrived: none goes past a line that another has
 * not come to, nor far past what the pattern has worked off. That shows in the watermarks that come out at its sinks: one
 * comes out when all that was read before it, of whatever table, is done with. Without it the queues between sources and
 * pattern hold days of one table while another's wait, and what is told when, or at all, hangs on which is read first.
 */
final class Turns {
    private static final Map<String, Turns> TRIALS = new HashMap<>();
    /** How far one may be ahead, in lines: waiting for each line would cost more than the line. */
    private static final long SLACK = 32;
    /** How long the first waits for the others to be there; one that the query does not read never comes. */
    private static final long PATIENCE_MS = 1_000;
    /** After so long without any watermark at a sink none is waited for: no function of the query has a clock. */
    private static final long GIVE_UP_MS = 60_000;

    private final String trial;
    private final Set<Place> places = new HashSet<>();
    private final Set<Exit> exits = new HashSet<>();
    private int entered;
    private boolean loose;
    /** The least of the first watermarks of all sources, which are of one line. */
    private long least = Long.MAX_VALUE;

    private Turns(String trial) {
        this.trial = trial;
    }

    /** The turns of the trial whose files lie in that folder. */
    static Turns of(String trial) {
        synchronized (TRIALS) {
            return TRIALS.computeIfAbsent(trial, Turns::new);
        }
    }

    /** A new source of so many, of a pattern with or without a clock: waits until all are there. */
    synchronized Place enter(int sources, boolean clocked) throws InterruptedException {
        loose |= !clocked;
        Place place = new Place();
        places.add(place);
        entered++;
        notifyAll();
        long limit = System.currentTimeMillis() + PATIENCE_MS;
        while (entered < sources && System.currentTimeMillis() < limit) {
            wait(PATIENCE_MS / 10);
        }
        return place;
    }

    /** A new sink. */
    synchronized Exit exit() {
        Exit exit = new Exit();
        exits.add(exit);
        return exit;
    }

    private synchronized void leave(Object one) {
        places.remove(one);
        exits.remove(one);
        if (places.isEmpty() && exits.isEmpty()) {
            synchronized (TRIALS) {
                TRIALS.remove(trial);
            }
        }
        notifyAll();
    }

    private synchronized void await(Place place, long line) throws InterruptedException {
        place.line = line;
        notifyAll();
        while (places.stream().anyMatch(other -> other.line < line - SLACK)) {
            wait();
        }
        long limit = System.currentTimeMillis() + GIVE_UP_MS;
        while (!loose && place.behind(line - SLACK, out())) {
            wait(GIVE_UP_MS);
            loose = out() == Long.MIN_VALUE && System.currentTimeMillis() >= limit;
        }
    }

    /** The least watermark of the sinks, but for those that get none: functions without a clock let none through. */
    private long out() {
        return exits.stream()
                .mapToLong(exit -> exit.watermark)
                .filter(watermark -> watermark != Long.MIN_VALUE)
                .min()
                .orElse(exits.isEmpty() ? Long.MAX_VALUE : Long.MIN_VALUE);
    }

    private synchronized void first(long watermark) {
        least = Math.min(least, watermark);
    }

    private synchronized void out(Exit exit, long watermark) {
        exit.watermark = watermark;
        notifyAll();
    }

    /** Where one source is. */
    final class Place implements AutoCloseable {
        private long line;
        private long known;
        private long at;
        /** The watermarks that it gave and that have not come out, each with its line. */
        private final Queue<long[]> given = new ArrayDeque<>();
        private long first = Long.MIN_VALUE;

        /** Waits until no other is behind this line by more than a little, and neither is the pattern. */
        void await(long next) throws InterruptedException {
            at = next;
            if (next > known) {
                known = next + SLACK / 2;
                Turns.this.await(this, next);
            }
        }

        /** It has given a watermark at the line that it is at. */
        void gave(long watermark) {
            if (first == Long.MIN_VALUE) {
                first = watermark;
                first(watermark);
            }
            given.add(new long[] {at, watermark});
        }

        private boolean behind(long least, long out) {
            // Tables differ in how much disorder they allow: what comes out is the least that they gave at a line.
            while (!given.isEmpty() && given.peek()[1] - (first - least) <= out) {
                given.remove();
            }
            return !given.isEmpty() && given.peek()[0] < least;
        }

        @Override
        public void close() {
            leave(this);
        }
    }

    /** Where one sink is. */
    final class Exit implements AutoCloseable {
        private long watermark = Long.MIN_VALUE;

        void passed(long watermark) {
            out(this, watermark);
        }

        @Override
        public void close() {
            leave(this);
        }
    }
}
