package crossbeat.campaign;

import crossbeat.alert.Words;
import java.util.List;
import java.util.Locale;

/** A campaign in plain words. */
record Wording(Cluster cluster, History history, Limits limits) {
    private static final int FORMS_SHOWN = 6;

    String headline() {
        return "Fraud campaign: " + cluster.forms().get(0) + " in " + counts() + " within " + span();
    }

    String description() {
        List<String> forms = cluster.forms();
        String ways = forms.size() == 1
                ? "All write it the same way."
                : "It was written in " + forms.size() + " ways that are read as one: " + Words.some(forms, FORMS_SHOWN)
                        + ". Letters that look alike, digits for letters, www. and a trunk nought are set aside.";
        return String.format(
                Locale.ROOT,
                "%s of %s name %s, the first of %s, the last of %s: %s apart. %s"
                        + " Raised because at least %s in %s came within %s, and it is not a name that many frauds carry: of the last %s it was"
                        + " reported on %s."
                        + " It says what was reported, not that it is so, nor who is behind it; a name that looks alike may be somebody else's."
                        + " First: read the reports of all districts together, agree who leads, have the name looked up and whoever hosts it told,"
                        + " and warn the public in one voice.",
                Words.number(cluster.reports().size(), "report"),
                Words.and(cluster.districts()),
                forms.get(0),
                Words.at(cluster.first()),
                Words.at(cluster.last()),
                span(),
                ways,
                Words.number(limits.reports(), "report"),
                Words.number(limits.districts(), "district"),
                Words.time(limits.window()),
                Words.time(limits.baseline()),
                Words.number(history.days(), "day"));
    }

    private String counts() {
        return Words.number(cluster.reports().size(), "report") + " of "
                + Words.number(cluster.districts().size(), "district");
    }

    private String span() {
        return Words.duration(cluster.last() - cluster.first());
    }
}
