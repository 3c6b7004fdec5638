package crossbeat.campaign;

import crossbeat.state.Packed.In;
import crossbeat.state.Packed.Out;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * A cluster that was found before: its number among those of the indicator, the reports it had, how often one of them was
 * taken back, each of which is news, and whether its indicator was ever muted, which no later calm takes back.
 */
record Known(int number, Set<String> ids, long last, int losses, boolean muted) {
    boolean shares(Cluster cluster) {
        return cluster.reports().stream().anyMatch(report -> ids.contains(report.id()));
    }

    static Known found(int number, Cluster cluster, boolean muted) {
        return new Known(number, cluster.ids(), cluster.last(), 0, muted);
    }

    /** As it is now; {@code lost}: one of its reports was taken back. */
    Known with(Cluster cluster, boolean lost, boolean mutedNow) {
        return new Known(number, cluster.ids(), cluster.last(), losses + (lost ? 1 : 0), muted || mutedNow);
    }

    void write(Out out) {
        out.number(number).texts(List.copyOf(ids)).number(last).number(losses).number(muted ? 1 : 0);
    }

    static Known read(In in) {
        return new Known((int) in.number(), new TreeSet<>(in.texts()), in.number(), (int) in.number(), in.number() == 1);
    }
}
