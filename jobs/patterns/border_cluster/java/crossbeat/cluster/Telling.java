package crossbeat.cluster;

import crossbeat.alert.Alert;
import crossbeat.alert.Identity;
import crossbeat.alert.Tellings;
import crossbeat.alert.Told;
import java.util.List;
import java.util.function.Consumer;
import org.apache.flink.types.Row;

/** The alerts of one key: each cluster has one that stands, by what {@link Told} remembers of it. */
final class Telling {
    private static final String PATTERN = "border_cluster";

    private final Tellings<String> told;
    private final Board board;
    private final Settings settings;
    private final Consumer<Row> out;

    /** {@code out} takes what is told. */
    Telling(Tellings<String> told, Board board, Settings settings, Consumer<Row> out) {
        this.told = told;
        this.board = board;
        this.settings = settings;
        this.out = out;
    }

    /** An Alert for a cluster that none stands of, an Update for one that does; nothing where it would say nothing new. */
    void tell(Standing cluster, Analysis analysis, boolean corrected) throws Exception {
        List<Incident> members = analysis.members(cluster);
        Told known = told.of(cluster.identity());
        boolean update = known.standing();
        Alert alert = known.next(PATTERN, cluster.identity(), board.recipient, Identity.digest(cluster.told()));
        if (alert == null) {
            return;
        }
        double expected = analysis.expected(cluster);
        String said = Wording.description(board.category, members, cluster, expected, analysis.incidents.size(), settings);
        out.accept(alert.headline(Wording.headline(board.category, members, cluster))
                .description(update ? said + Wording.since(corrected) : said)
                .evidence(cluster.told())
                .districts(cluster.districts())
                .around(members.stream().map(Incident::point).toList())
                .times(members.get(0).at(), members.get(members.size() - 1).at())
                .category(board.category)
                .score(Cylinder.logRatio(members.size(), expected, analysis.incidents.size()))
                .expires(cluster.until() + settings.longest())
                .row());
        told.keep(cluster.identity(), known);
    }

    /** The Cancel of a cluster that its evidence no longer carries. */
    void cancel(Standing cluster) throws Exception {
        Alert alert = told.of(cluster.identity()).next(PATTERN, cluster.identity(), board.recipient, null);
        if (alert != null) {
            out.accept(alert.row());
        }
        told.forget(cluster.identity());
    }

    /** Lets go of a cluster without a word: its alert says until when it holds. */
    void forget(Standing cluster) throws Exception {
        told.forget(cluster.identity());
    }
}
