package crossbeat.cluster;

import crossbeat.alert.Words;
import crossbeat.geo.Circle;
import java.util.List;
import java.util.Locale;

/** A cluster in plain words: how many of what, where, since when, how many were to be expected, and what it does not say. */
final class Wording {
    private static final double YEAR_MS = 365.25 * 86_400_000;

    private Wording() {}

    /** One line. */
    static String headline(String category, List<Incident> members, Standing cluster) {
        return Words.incidents(members.size(), category) + " within " + Words.metres(radius(members)) + " and "
                + Words.time(length(cluster)) + " at the border of " + Words.and(Incident.districts(members));
    }

    /** What was seen and expected, why it is told, what it does not say, and what to do first. */
    static String description(
            String category, List<Incident> members, Standing cluster, double expected, int all, Settings settings) {
        List<String> shares = Incident.districts(members).stream()
                .map(district -> district + " ("
                        + members.stream().filter(one -> one.district().equals(district)).count() + ")")
                .toList();
        Incident first = members.get(0);
        Incident last = members.get(members.size() - 1);
        return Words.incidents(members.size(), category) + " within " + Words.metres(radius(members)) + " of their middle in "
                + Words.time(length(cluster)) + ", in " + Words.and(shares) + ": the first " + Words.at(first.at())
                + ", the last " + Words.at(last.at()) + ". "
                + String.format(Locale.ROOT, "%.1f", expected) + " were to be expected there in that time, by the "
                + Words.incidents(all, category) + " of the last " + Words.time(settings.baseline())
                + " that you may see: how many the place has, times how many these days have everywhere. Raised because chance alone makes"
                + " as strong a cluster across your border " + seldom(cluster.recurrence())
                + " (space-time permutation scan). It says that so many at this place in these days are unusual, not that the same"
                + " people did them, nor that it goes on. First: read them together with the other district, see whether any"
                + " were recorded twice, and agree who patrols where and when.";
    }

    /** What an update says after its own evidence. */
    static String since(boolean corrected) {
        return corrected
                ? " It replaces an earlier alert, some of whose evidence was corrected or withdrawn by its owner."
                : " It replaces an earlier alert of the same cluster: this is what it has become.";
    }

    /** How often chance makes its like. Beyond a century the figure is an extrapolation that nobody should quote. */
    static String seldom(double milliseconds) {
        double years = milliseconds / YEAR_MS;
        if (years > 100) {
            return "less than once in 100 years";
        }
        return years >= 2
                ? String.format(Locale.ROOT, "once in %.0f years", years)
                : String.format(Locale.ROOT, "once in %.0f days", milliseconds / 86_400_000);
    }

    /** The cylinder's. */
    private static long length(Standing cluster) {
        return cluster.until() - cluster.from();
    }

    private static double radius(List<Incident> members) {
        return Circle.of(members.stream().map(Incident::point).toList()).radius();
    }
}
