package crossbeat.campaign;

import crossbeat.alert.Words;
import java.util.List;
import java.util.Locale;

/** How often an indicator was reported lately: on how many days, by how many districts; and whether that is too much. */
record History(String form, int reports, long days, long districts, Limits limits) {
    static History of(List<Report> reports, Limits limits) {
        String form = reports.isEmpty() ? "" : new Cluster(reports).forms().get(0);
        return new History(
                form,
                reports.size(),
                reports.stream().mapToLong(Report::day).distinct().count(),
                reports.stream().map(Report::district).distinct().count(),
                limits);
    }

    /** Whether it matches everything: a campaign comes and goes, a name that all frauds use comes day after day. */
    boolean muted() {
        return days >= limits.muteDays() || reports > limits.muteReports();
    }

    String headline() {
        return "Muted: " + form + " is in too many reports to mean anything";
    }

    String description() {
        return String.format(
                Locale.ROOT,
                "%s was named by %s that you may see, on %s, in %s, within %s. That is no campaign but a name that many frauds carry,"
                        + " such as that of a large site or a bank's own line; from %s or more than %s on it is muted."
                        + " Disregard an earlier alert of it. It is told again when it has been quiet for long enough."
                        + " If it is a campaign after all, ask the operator to raise mute_days or mute_reports.",
                form,
                Words.number(reports, "report"),
                Words.number(days, "day"),
                Words.number(districts, "district"),
                Words.time(limits.baseline()),
                Words.number(limits.muteDays(), "day"),
                Words.number(limits.muteReports(), "report"));
    }
}
