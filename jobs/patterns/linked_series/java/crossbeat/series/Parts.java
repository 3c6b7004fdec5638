package crossbeat.series;

/** What hangs together among things with numbers: each begins alone (union by size, with path halving). */
final class Parts {
    private final int[] above;
    private final int[] sizes;

    Parts(int count) {
        above = new int[count];
        sizes = new int[count];
        for (int i = 0; i < count; i++) {
            above[i] = i;
            sizes[i] = 1;
        }
    }

    void join(int one, int other) {
        int a = of(one);
        int b = of(other);
        if (a != b) {
            int large = sizes[a] < sizes[b] ? b : a;
            int small = large == a ? b : a;
            above[small] = large;
            sizes[large] += sizes[small];
        }
    }

    /** One number for all things of a part. */
    int of(int thing) {
        int at = thing;
        while (above[at] != at) {
            above[at] = above[above[at]];
            at = above[at];
        }
        return at;
    }

    /** Whether nothing was joined to it. */
    boolean alone(int thing) {
        return sizes[of(thing)] == 1;
    }
}
