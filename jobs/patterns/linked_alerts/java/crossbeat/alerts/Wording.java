package crossbeat.alerts;

import static crossbeat.alert.Words.and;
import static crossbeat.alert.Words.metres;
import static crossbeat.alert.Words.time;

import crossbeat.alert.Words;
import java.util.List;

/** An alert in plain words: what was seen, where the border is, and which two links made it. */
final class Wording {
    private Wording() {}

    /** One line; {@link crossbeat.alert.Alert} cuts it where it is too long. */
    static String headline(String category, Triple triple) {
        return counted(category) + " within " + metres(triple.widest()) + " and " + time(triple.span())
                + " across the border of " + and(districts(triple));
    }

    /** Three sentences: what, why, and what it is not. */
    static String description(String category, Triple triple, long window) {
        return counted(category) + " within " + metres(triple.widest()) + " and " + time(triple.span())
                + " on both sides of the border of " + and(districts(triple)) + ": "
                + link(triple.centre(), triple.one()) + "; " + link(triple.centre(), triple.two()) + ". "
                + "Raised because two links between districts share " + triple.centre().id() + " and all three fall within "
                + time(window) + ". It says that they are near each other, not that the same people did them.";
    }

    /** What an alert says that replaces one, after its own evidence. */
    static final String INSTEAD =
            " It replaces an earlier alert, whose evidence was corrected or withdrawn by its owner.";

    /** A Cancel names nothing of what it takes back. */
    static final String WITHDRAWN_HEADLINE = "Withdrawn: an earlier alert of linked incidents no longer stands";

    /** Districts of the three, sorted. */
    static List<String> districts(Triple triple) {
        return triple.incidents().stream().map(Incident::district).distinct().sorted().toList();
    }

    private static String link(Incident centre, Link link) {
        Incident other = link.other();
        boolean first = Incident.BY_TIME.compare(centre, other) <= 0;
        return metres(link.metres()) + " and " + time(Math.abs(centre.at() - other.at())) + " between "
                + named(first ? centre : other) + " and " + named(first ? other : centre);
    }

    private static String named(Incident incident) {
        return incident.id() + " (" + incident.district() + ", " + Words.at(incident.at()) + ")";
    }

    private static String counted(String category) {
        return Words.incidents(3, category);
    }
}
