package crossbeat.cluster;

import java.util.List;

/** State: what a key knows besides its incidents. Its fields are Flink's. */
public class Board {
    /** The key, for a timer does not know it. */
    public String recipient;

    public String category;
    /** See {@link Settings#of}. */
    public String settings;
    /** The clusters that were told of, packed. */
    public byte[] standing;
    /** The last Monte Carlo test: how many incidents it had, at which analysis, and from which ratio on one stood out. */
    public int tested;

    public long testedAt;
    public double bound;

    List<Standing> clusters() {
        return Standing.unpack(standing);
    }

    /**
     * What a cylinder must reach to be worth a Monte Carlo test. What chance makes changes as slowly as the number of
     * incidents and the days do, so that the last test tells it, with a tenth for its own uncertainty; of another number by
     * a quarter, or after a week, it tells nothing any more.
     */
    double worthATest(int incidents, long analysis) {
        boolean alike = 4 * incidents < 5 * tested && 4 * tested < 5 * incidents;
        return alike && analysis - testedAt < 7 * 86_400_000L ? 0.9 * bound : 0;
    }
}
