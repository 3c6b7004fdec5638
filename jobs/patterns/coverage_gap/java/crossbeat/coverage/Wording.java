package crossbeat.coverage;

import crossbeat.alert.Words;
import java.util.List;
import java.util.Locale;
import java.util.stream.Collectors;

/** What is said of a gap: which rule, since when, what else is known, what it does not say, whom to ask first. */
final class Wording {
    static final String UNPLANNED =
            "The duty that asked for a visit was changed or withdrawn by its owner: nothing was due. Please disregard the alert.";

    private Wording() {}

    static String headline(Area area, Gap gap, Feed feed) {
        return "No visit that counts at " + area.name + " (" + feed.district() + ") since " + Words.at(gap.from()) + ", "
                + Words.duration(gap.at() - gap.from()) + " and more";
    }

    static String description(Area area, Gap gap, Feed feed, long weak, Settings settings) {
        Rule rule = gap.rule();
        List<Duty> there = area.duties.stream().filter(duty -> duty.stands(gap.from())).toList();
        String text = "At " + Words.plain(area.kind) + " " + area.name + " of " + feed.district() + " the rule of the " + rule.group()
                + " group asks for " + often(rule.visitsAnHour()) + " by at least " + strength(rule.officers(), rule.auxiliaries())
                + " between " + hours(rule) + ". No such visit began from " + Words.at(gap.from()) + " to " + Words.at(gap.at())
                + ", by units of " + feed.district() + " or of a neighbour. ";
        text += weak > 0 ? Words.number(weak, "visit") + " came in less strength than that. " : "";
        text += "On duty there: " + there.stream().map(Wording::duty).collect(Collectors.joining("; ")) + ". ";
        text += "The feed of " + feed.district() + " is not silent: its newest visit anywhere ended at " + Words.at(feed.newest())
                + ". " + Words.number(gap.incidents(), "incident") + " in its cells in the "
                + Words.time(settings.demandMs()) + " before. ";
        text += area.placed() ? "" : "Its place is not known, for no visit to it was ever told: the circle is that of another. ";
        return text + "It does not say that nobody was near: who passed and wrote nothing down looks the same. First ask the "
                + rule.group() + " group by radio; if it is bound, send " + next(there, rule) + ", from whichever side is nearer.";
    }

    private static String next(List<Duty> there, Rule rule) {
        List<String> others = there.stream().map(Duty::group).filter(group -> !rule.covers(group)).distinct().sorted().toList();
        return others.isEmpty() ? "the nearest unit" : "the " + Words.and(others) + " group";
    }

    /** Headline of what ends an alert. */
    static String ended(Area area, Feed feed) {
        return "Closed: " + area.name + " (" + feed.district() + ")";
    }

    /** Why a visit ends it; one that had begun before the alert was due says that there was no gap. */
    static String visited(Visit visit, long gapFrom, long gapAt) {
        String came = "a visit came at " + Words.at(visit.from()) + " (" + visit.district() + ", "
                + strength(visit.officers(), visit.auxiliaries()) + ")";
        return visit.from() <= gapAt
                ? came + ". It was in time, and told only after the alert: there was no gap."
                : came + ", " + Words.duration(visit.from() - gapFrom) + " after the last one ended. Nothing is open any more.";
    }

    static String over(long at) {
        return "The duty ended at " + Words.at(at) + " without a visit that met its rule. Nothing is due there any more.";
    }

    private static String duty(Duty duty) {
        return duty.group() + " (" + strength(duty.officers(), duty.auxiliaries()) + " planned, " + Words.at(duty.from()) + " to "
                + Words.at(duty.to()) + ")";
    }

    private static String strength(int officers, int auxiliaries) {
        String first = Words.number(officers, "officer");
        return auxiliaries == 0 ? first : first + " and " + Words.number(auxiliaries, "auxiliary");
    }

    private static String often(double visitsAnHour) {
        return visitsAnHour == 1 ? "a visit an hour" : String.format(Locale.ROOT, "%.3g visits an hour", visitsAnHour);
    }

    private static String hours(Rule rule) {
        return String.format(Locale.ROOT, "%02d:00 and %02d:00", rule.fromHour(), rule.untilHour());
    }
}
