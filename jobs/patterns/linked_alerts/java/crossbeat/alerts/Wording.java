package crossbeat.alerts;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** An alert in plain words: what was seen, where the border is, and which two links made it. */
final class Wording {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("d MMM yyyy HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    private static final Set<String> COUNTABLE = Set.of(
            "assault", "burglary", "homicide", "kidnapping", "larceny", "motor_vehicle_theft", "robbery", "sex_offence");
    private static final int HEADLINE_LIMIT = 160;

    private Wording() {}

    /** One line, 160 characters at most. */
    static String headline(String category, Triple triple) {
        String line = counted(category) + " within " + metres(triple.widest()) + " and " + time(triple.span())
                + " across the border of " + and(districts(triple));
        return line.length() <= HEADLINE_LIMIT ? line : line.substring(0, HEADLINE_LIMIT - 1) + "…";
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

    static final String WITHDRAWN_DESCRIPTION = "What the earlier alert rested on was corrected or withdrawn by its owner,"
            + " and nothing else that you may see supports it. Please disregard it, and what was made of it.";

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
        return incident.id() + " (" + incident.district() + ", " + MINUTE.format(Instant.ofEpochMilli(incident.at())) + ")";
    }

    static String counted(String category) {
        String words = category.replace('_', ' ');
        if (!COUNTABLE.contains(category)) {
            return "3 incidents of " + words;
        }
        return "3 " + (words.endsWith("y") ? words.substring(0, words.length() - 1) + "ies" : words + "s");
    }

    static String metres(double metres) {
        return String.format(Locale.ROOT, "%.0f m", metres);
    }

    /** Days to 0.1, or hours below one day. */
    static String time(long milliseconds) {
        double hours = milliseconds / 3_600_000.0;
        if (hours < 24) {
            return String.format(Locale.ROOT, "%.1f hours", hours);
        }
        return hours % 24 == 0
                ? String.format(Locale.ROOT, "%.0f days", hours / 24)
                : String.format(Locale.ROOT, "%.1f days", hours / 24);
    }

    private static String and(List<String> names) {
        int last = names.size() - 1;
        return last == 0
                ? names.get(0)
                : names.stream().limit(last).collect(Collectors.joining(", ")) + " and " + names.get(last);
    }
}
