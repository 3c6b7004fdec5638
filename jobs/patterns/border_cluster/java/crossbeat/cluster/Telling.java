package crossbeat.cluster;

import crossbeat.alert.Alert;
import crossbeat.alert.Identity;
import crossbeat.alert.Told;
import java.util.List;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.types.Row;

/** The alerts of one key: each cluster has one that stands, by what {@link Told} remembers of it. */
final class Telling {
    private static final String PATTERN = "border_cluster";

    private final MapView<String, Told> told;
    private final Board board;
    private final Settings settings;

    Telling(MapView<String, Told> told, Board board, Settings settings) {
        this.told = told;
        this.board = board;
        this.settings = settings;
    }

    /** An Alert for a cluster that none stands of, an Update for one that does; null where it says nothing new. */
    Row tell(Standing cluster, List<Incident> members, List<Incident> all, boolean corrected) throws Exception {
        String digest = Identity.digest(members.stream().map(Incident::id).toList());
        Told known = known(cluster);
        boolean update = known.standing();
        Alert alert = known.next(PATTERN, cluster.identity(), board.recipient, digest);
        if (alert == null) {
            return null;
        }
        double near = all.stream().filter(one -> one.metresTo(cluster.lat(), cluster.lon()) <= cluster.radius()).count();
        double recent = all.stream().filter(one -> one.at() > cluster.from()).count();
        double expected = near * recent / all.size();
        String description = Wording.description(board.category, members, cluster, expected, all, settings);
        Row row = alert.headline(Wording.headline(board.category, members, cluster))
                .description(update ? description + Wording.since(corrected) : description)
                .evidence(members.stream().map(Incident::id).toList())
                .districts(Analysis.districts(members))
                .around(members.stream().map(Incident::point).toList())
                .times(members.get(0).at(), members.get(members.size() - 1).at())
                .category(board.category)
                .score(Cylinder.logRatio(members.size(), expected, all.size()))
                .expires(cluster.until() + settings.longest())
                .row();
        told.put(cluster.identity(), known);
        return row;
    }

    /** The Cancel of a cluster that its evidence no longer carries. */
    Row cancel(Standing cluster) throws Exception {
        Alert alert = known(cluster).next(PATTERN, cluster.identity(), board.recipient, null);
        Row row = alert == null ? null : alert.row();
        told.remove(cluster.identity());
        return row;
    }

    /** Lets go of a cluster that is over, without a word: its alert says until when it holds. */
    void forget(Standing cluster) throws Exception {
        told.remove(cluster.identity());
    }

    private Told known(Standing cluster) throws Exception {
        Told known = told.get(cluster.identity());
        return known == null ? new Told() : known;
    }
}
