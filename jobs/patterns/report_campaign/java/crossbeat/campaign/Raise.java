package crossbeat.campaign;

import crossbeat.alert.Alert;
import crossbeat.alert.Identity;
import crossbeat.alert.Tellings;
import crossbeat.alert.Told;
import crossbeat.geo.Circle;
import crossbeat.state.Packed;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * What one recipient is told of one indicator: an alert for each campaign, an Update when a district joins or a report is
 * taken back, a Cancel when too little is left, or when the indicator turns out to match everything: then it is muted.
 */
@DataTypeHint(Raise.ROW)
public class Raise extends ProcessTableFunction<Row> {
    /** That of an alert, without its end, and whether it only says that the indicator is muted. */
    static final String ROW = "ROW<identifier STRING NOT NULL, sent TIMESTAMP(3) NOT NULL, msg_type STRING NOT NULL,"
            + " headline STRING NOT NULL, description STRING NOT NULL, earlier ARRAY<STRING NOT NULL> NOT NULL,"
            + " expires TIMESTAMP(3) NOT NULL, incidents ARRAY<STRING NOT NULL> NOT NULL, pattern STRING NOT NULL,"
            + " category STRING NOT NULL, score DOUBLE NOT NULL, districts ARRAY<STRING NOT NULL> NOT NULL,"
            + " lat DOUBLE NOT NULL, lon DOUBLE NOT NULL, radius_m DOUBLE NOT NULL,"
            + " first_occurred_from TIMESTAMP(3) NOT NULL, last_occurred_from TIMESTAMP(3) NOT NULL,"
            + " muted BOOLEAN NOT NULL>";

    private static final String PATTERN = "report_campaign";
    private static final int MUTED = 0;
    /** Half of the way around the earth: the circle of what has no place. */
    private static final double ANYWHERE_M = 20_015_115;

    private static final String TAKEN_IN = "Reports that came later join this campaign to another of the same indicator"
            + " that you were told of. Follow that alert; nothing was withdrawn.";

    /** The reports that name the indicator, the clusters that were found, and how many those were, packed. */
    public static class Seen {
        public byte[] reports;
        public byte[] clusters;
        public int count;
    }

    /** A claim, or its end ({@code gone}). */
    public void eval(
            @StateHint Seen seen,
            @StateHint(type = @DataTypeHint("MAP<INT, BYTES>")) MapView<Integer, byte[]> view,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row claim,
            Integer districts,
            Integer reports,
            Long windowMs,
            Integer muteDays,
            Integer muteReports,
            Long baselineMs,
            Long holdsMs,
            String audience)
            throws Exception {
        Tellings<Integer> told = new Tellings<>(view);
        Limits limits = new Limits(districts, reports, windowMs, muteDays, muteReports, baselineMs, holdsMs, audience.equals("all"));
        List<Report> all = Packed.unpack(seen.reports, Report::read);
        String id = claim.getFieldAs("report_id");
        boolean gone = claim.getFieldAs("gone");
        all.removeIf(report -> report.id().equals(id));
        if (!gone) {
            all.add(report(claim));
        }
        all.sort(Report.BY_TIME);
        long oldest = all.isEmpty() ? Long.MIN_VALUE : all.get(all.size() - 1).at() - limits.baseline();
        all.removeIf(report -> report.at() < oldest);
        // One more than the limit shows that there are too many; the newest say it best.
        if (all.size() > limits.muteReports() + 1) {
            all = all.subList(all.size() - limits.muteReports() - 1, all.size());
        }
        History history = History.of(all, limits);
        Talk talk = new Talk(claim.getFieldAs("skeleton"), claim.getFieldAs("recipient"), history, limits, told);
        List<Known> before = Packed.unpack(seen.clusters, Known::read);
        List<Known> now = new ArrayList<>();
        for (Cluster cluster : Cluster.of(all, limits)) {
            Known known = before.stream().filter(each -> each.shares(cluster)).findFirst().orElse(null);
            boolean lost = gone && known != null && known.ids().contains(id);
            before.remove(known);
            known = known == null
                    ? Known.found(++seen.count, cluster, history.muted())
                    : known.with(cluster, lost, history.muted());
            now.add(known);
            say(talk, known, cluster);
        }
        for (Known known : before) {
            if (known.last() >= oldest) { // else it is past, and stands as it was told
                end(talk, known, now.stream().anyMatch(each -> !Collections.disjoint(each.ids(), known.ids())));
            }
            told.forget(known.number());
        }
        sayMuted(talk, now, all);
        seen.reports = Packed.pack(all, Report::write);
        seen.clusters = Packed.pack(now, Known::write);
    }

    /** To whom, of what, by which limits; what was told, by the number of the cluster. */
    private record Talk(String skeleton, String recipient, History history, Limits limits, Tellings<Integer> told) {
        boolean concerns(Cluster cluster) {
            return limits.tellAll() || cluster.districts().contains(recipient);
        }

        Alert next(Told known, int number, String digest) {
            return known.next(PATTERN, skeleton + "|" + number, recipient, digest);
        }
    }

    /** Says of a cluster what is new. */
    private void say(Talk talk, Known known, Cluster cluster) throws Exception {
        Told told = talk.told.of(known.number());
        boolean speak = talk.concerns(cluster) && !known.muted();
        String digest = speak ? Identity.digest(cluster.districts()) + known.losses() : null;
        Alert alert = talk.next(told, known.number(), digest);
        if (alert == null) {
            return;
        }
        if (speak) {
            Wording words = new Wording(cluster, talk.history, talk.limits);
            fill(alert, cluster, talk).headline(words.headline()).description(words.description());
            alert.score(cluster.reports().size());
        } else if (known.muted()) {
            alert.headline(talk.history.headline()).description(talk.history.description());
        }
        Row row = alert.row();
        talk.told.keep(known.number(), told);
        collect(Row.join(row, Row.of(known.muted())));
    }

    /** Withdraws a cluster of which too little is left, or that another has taken in. */
    private void end(Talk talk, Known known, boolean takenIn) throws Exception {
        Told told = talk.told.of(known.number());
        Alert alert = talk.next(told, known.number(), null);
        if (alert == null) {
            return;
        }
        if (takenIn) {
            alert.headline("Now part of one larger campaign").description(TAKEN_IN);
        }
        collect(Row.join(alert.row(), Row.of(false)));
    }

    /** Says once that an indicator is muted that would have been an alert, where no alert of it was given. */
    private void sayMuted(Talk talk, List<Known> now, List<Report> all) throws Exception {
        Told told = talk.told.of(MUTED);
        if (!talk.history.muted()) {
            if (told.standing()) {
                told.forget();
                talk.told.keep(MUTED, told);
            }
            return;
        }
        Cluster cluster = now.isEmpty() ? null : new Cluster(all);
        if (cluster == null || !talk.concerns(cluster) || told.standing() || anyTold(talk, now)) {
            return;
        }
        Alert alert = talk.next(told, MUTED, "muted");
        fill(alert, cluster, talk).headline(talk.history.headline()).description(talk.history.description());
        Row row = alert.row();
        talk.told.keep(MUTED, told);
        collect(Row.join(row, Row.of(true)));
    }

    private static boolean anyTold(Talk talk, List<Known> now) throws Exception {
        for (Known known : now) {
            if (talk.told.of(known.number()).count > 0) {
                return true;
            }
        }
        return false;
    }

    private static Alert fill(Alert alert, Cluster cluster, Talk talk) {
        List<Circle.Point> points = cluster.reports().stream()
                .filter(Report::placed)
                .map(report -> new Circle.Point(report.lat(), report.lon()))
                .toList();
        if (points.isEmpty()) {
            alert.place(0, 0, ANYWHERE_M);
        } else {
            alert.around(points);
        }
        return alert.evidence(cluster.ids())
                .districts(cluster.districts())
                .times(cluster.first(), cluster.last())
                .expires(cluster.last() + talk.limits.holds())
                .category("fraud");
    }

    private static Report report(Row claim) {
        Double lat = claim.getFieldAs("report_lat");
        Double lon = claim.getFieldAs("report_lon");
        return new Report(
                claim.getFieldAs("report_id"),
                claim.getFieldAs("owner"),
                claim.<LocalDateTime>getFieldAs("claimed_at").toInstant(ZoneOffset.UTC).toEpochMilli(),
                claim.getFieldAs("form"),
                lat == null || lon == null ? Double.NaN : lat,
                lat == null || lon == null ? Double.NaN : lon);
    }
}
