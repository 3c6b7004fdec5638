package crossbeat.corroboration;

import crossbeat.alert.Words;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Both alerts in plain words: what was seen, why it was raised, what it does not say, what to do first. */
final class Wording {
    static final String JOINED_HEADLINE = "Joined: this event is part of another that you were told of";
    static final String JOINED_DESCRIPTION =
            "A record came that lies between two events: they are one, and the other alert holds the evidence of both."
                    + " Nothing was withdrawn.";
    static final String INSTEAD = " It replaces an earlier alert of the same: its evidence is not what it was.";

    private static final Map<String, String> INFORMATION = Map.of(
            "A", "known directly",
            "B", "known indirectly but corroborated",
            "C", "known indirectly",
            "D", "not known how");

    private Wording() {}

    static String event(List<Sighting> evidence) {
        return capital(Words.plain(evidence.get(0).what())) + " by " + Words.number(evidence.size(), "independent source") + " ("
                + Words.and(sources(evidence)) + ") within " + reach(evidence) + " in " + districts(evidence);
    }

    static String whyEvent(List<Sighting> evidence, double confidence, int more) {
        List<String> seen = new ArrayList<>();
        for (Sighting one : evidence) {
            String[] codes = one.details().split("\\|", -1);
            seen.add("the " + Words.plain(one.source()) + " " + one.id() + " of " + one.district() + " says "
                    + Words.plain(codes[0]) + ", " + Words.at(one.since()) + " (3x5x2: source " + Words.plain(codes[1])
                    + ", information " + codes[2] + ", " + INFORMATION.get(codes[2]) + ")");
        }
        boolean direct = evidence.stream().anyMatch(one -> one.details().endsWith("|A"));
        return "Seen: " + String.join("; ", seen) + ". All lie within " + reach(evidence) + ". Raised because "
                + Words.number(sources(evidence).size(), "kind") + " of source say the same of one place and time. Confidence "
                + Words.percent(confidence) + ": that not all of these feeds are wrong, each counted once by its grading"
                + (more > 0 ? "; " + Words.number(more, "further record") + " of the same feeds added nothing" : "")
                + ". Graded as a whole: "
                + (direct ? "known directly and corroborated" : "B, known indirectly but corroborated")
                + ". It says that something of this kind happened there. It does not say who was there, nor that no source drew on"
                + " another: an incident may have been written from the report. First: if it may still go on, send the nearest"
                + " unit, of whichever district" + (several(evidence) ? "; then agree with the other which of you leads." : ".");
    }

    static String twice(List<Sighting> pair) {
        return "Probably one incident, recorded twice: " + Words.plain(pair.get(0).what()) + " by " + districts(pair) + ", "
                + Words.metres(pair.get(0).metresTo(pair.get(1))) + " and "
                + Words.duration(pair.get(0).apartMs(pair.get(1))) + " apart";
    }

    static String whyTwice(List<Sighting> pair, double confidence) {
        Sighting one = pair.get(0);
        Sighting other = pair.get(1);
        List<String> same = Likeness.same(one, other);
        List<String> different = Likeness.different(one, other);
        String compared = (same.isEmpty() ? "" : " They agree in " + Words.and(same) + ".")
                + (different.isEmpty() ? "" : " They differ in " + Words.and(different) + ".")
                + (same.isEmpty() && different.isEmpty() ? " Neither says enough of how it was done to compare." : "");
        return "Seen: " + named(one) + " and " + named(other) + ", both " + Words.plain(one.what()) + ", "
                + Words.metres(one.metresTo(other)) + " and " + Words.duration(one.apartMs(other)) + " apart." + compared
                + " Raised because two records of two districts are seldom so near by chance: it is one incident with a"
                + " probability of " + Words.percent(confidence) + " by the likeness of place, time and method. It proposes and"
                + " merges nothing: both records stand, and counts of both districts hold it twice until one of you retracts. It"
                + " does not say whose record is right. First: the two districts compare the case files and agree who keeps it.";
    }

    private static String named(Sighting one) {
        return one.id() + " (" + one.district() + ", " + Words.at(one.since()) + ")";
    }

    private static List<String> sources(List<Sighting> evidence) {
        return evidence.stream().map(one -> Words.plain(one.source())).distinct().toList();
    }

    private static boolean several(List<Sighting> evidence) {
        return evidence.stream().map(Sighting::district).distinct().count() > 1;
    }

    private static String districts(List<Sighting> evidence) {
        return Words.some(evidence.stream().map(Sighting::district).distinct().sorted().toList(), 4);
    }

    /** The greatest distance between any two, and the time from the first to the last. */
    private static String reach(List<Sighting> evidence) {
        double widest = 0;
        for (Sighting one : evidence) {
            for (Sighting other : evidence) {
                widest = Math.max(widest, one.metresTo(other));
            }
        }
        long from = evidence.get(0).since();
        return Words.metres(widest) + " and " + Words.duration(evidence.get(evidence.size() - 1).since() - from);
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }
}
