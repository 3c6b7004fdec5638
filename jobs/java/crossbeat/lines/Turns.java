package crossbeat.lines;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Lets the sources of one trial read in the order in which their records arrived: none goes past a line that another has
 * not come to. What follows them is not ordered, as it is not where several topics are read; but none runs days ahead.
 */
final class Turns {
    private static final Map<String, Turns> TRIALS = new HashMap<>();
    /** How far one may be ahead, in lines: waiting for each line would cost more than the line. */
    private static final long SLACK = 32;
    /** How long the first waits for the others to be there; one that the query does not read never comes. */
    private static final long PATIENCE_MS = 1_000;

    private final String trial;
    private final Set<Place> places = new HashSet<>();
    private int awaited;

    private Turns(String trial, int sources) {
        this.trial = trial;
        awaited = sources;
    }

    /** The turns of the trial whose files lie in that folder. */
    static Turns of(String trial, int sources) {
        synchronized (TRIALS) {
            return TRIALS.computeIfAbsent(trial, name -> new Turns(name, sources));
        }
    }

    /** A new source: waits until all are there. */
    synchronized Place enter() throws InterruptedException {
        Place place = new Place();
        places.add(place);
        awaited--;
        notifyAll();
        long limit = System.currentTimeMillis() + PATIENCE_MS;
        while (awaited > 0 && System.currentTimeMillis() < limit) {
            wait(PATIENCE_MS / 10);
        }
        return place;
    }

    private synchronized void leave(Place place) {
        places.remove(place);
        if (places.isEmpty()) {
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
    }

    /** Where one source is. */
    final class Place implements AutoCloseable {
        private long line;
        private long known;

        /** Waits until no other is behind this line by more than a little. */
        void await(long next) throws InterruptedException {
            if (next > known) {
                known = next + SLACK / 2;
                Turns.this.await(this, next);
            }
        }

        @Override
        public void close() {
            leave(this);
        }
    }
}
