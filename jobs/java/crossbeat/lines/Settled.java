package crossbeat.lines;

import java.util.HashMap;
import java.util.Map;

/**
 * How far the time of a trial has come at its end, its sinks: what comes after a line that says so is read only when all
 * before it was dealt with. What is told at a moment then does not depend on which source was quicker.
 */
final class Settled {
    private static final Map<String, Settled> TRIALS = new HashMap<>();
    private static final long PATIENCE_MS = 60_000;

    private final Map<String, Long> watermarks = new HashMap<>();

    private Settled() {}

    /** That of the trial whose files lie in that folder. */
    static Settled of(String trial) {
        synchronized (TRIALS) {
            return TRIALS.computeIfAbsent(trial, name -> new Settled());
        }
    }

    /** A sink is there, and has no time yet. */
    synchronized void opened(String sink) {
        watermarks.put(sink, Long.MIN_VALUE);
    }

    /** A sink has come to that watermark. */
    synchronized void reached(String sink, long watermark) {
        watermarks.put(sink, watermark);
        notifyAll();
    }

    synchronized void closed(String sink) {
        watermarks.remove(sink);
        notifyAll();
    }

    /**
     * Waits until all sinks have come to a watermark.
     *
     * @throws IllegalStateException if they do not: a table without time holds it back
     */
    synchronized void await(long watermark) throws InterruptedException {
        long limit = System.currentTimeMillis() + PATIENCE_MS;
        while (watermarks.isEmpty() || watermarks.values().stream().anyMatch(one -> one < watermark)) {
            if (System.currentTimeMillis() > limit) {
                throw new IllegalStateException("the trial's time does not come to " + watermark);
            }
            wait(100);
        }
    }
}
