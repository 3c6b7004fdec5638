package crossbeat.overdue;

import crossbeat.alert.Words;
import java.util.List;
import java.util.Set;

/** What is said of an order: what was found, until when it was to be put right, what is not known, what to do first. */
final class Wording {
    /** Findings by which people can come to harm: they weigh three times as much. */
    private static final Set<String> GRAVE = Set.of(
            "exit_blocked", "fire_equipment", "fire_alarm", "electrical", "gas", "overcrowding", "dangerous_goods", "structure");

    private static final double GRAVE_WEIGHT = 3;

    static final String MOVED = "The owner gave the order a later deadline. Nothing is overdue now; if that deadline passes"
            + " without word of a correction, a new alert says so.";

    private Wording() {}

    static String headline(Order order) {
        return "Not put right by " + Words.at(order.deadline) + ": " + findings(order.found()) + " at " + premises(order);
    }

    static String description(Order order) {
        List<String> found = order.found();
        String text = "An inspection of " + Words.at(order.at) + " found at " + premises(order) + ": " + findings(found)
                + ". It was to be put right by " + Words.at(order.deadline) + ", " + Words.time(order.deadline - order.at)
                + " later" + (order.graceMs > 0 ? ", with " + Words.duration(order.graceMs) + " of grace" : "") + ". ";
        text += order.corrected == Order.NEVER
                ? "That moment has passed and no correction was told. "
                : "It was put right only at " + Words.at(order.corrected) + ". ";
        long grave = found.stream().filter(GRAVE::contains).count();
        if (grave > 0) {
            text += "Of the findings " + grave + " of " + found.size() + " can cost lives. ";
        }
        return text + "It does not say that nothing was done, only that nobody wrote so, nor whose fault it is. First ask "
                + order.district + " whether it was put right and only not recorded.";
    }

    /** Headline of what ends an alert. */
    static String ended(Order order) {
        return "No longer overdue: " + premises(order);
    }

    /** Why a correction ends it: made too late, or in time and only told late. */
    static String corrected(Order order) {
        String when = "Put right at " + Words.at(order.corrected) + ", ";
        if (order.corrected > order.deadline) {
            return when + Words.duration(order.corrected - order.deadline) + " after the deadline of "
                    + Words.at(order.deadline) + ". Nothing is open any more.";
        }
        return when + "before the deadline of " + Words.at(order.deadline)
                + ". Word of it came only after the alert: it was never overdue, and nothing is held against the premises.";
    }

    /** One for each finding, three for one by which people can come to harm; one at least. */
    static double weight(Order order) {
        return Math.max(1, order.found().stream().mapToDouble(code -> GRAVE.contains(code) ? GRAVE_WEIGHT : 1).sum());
    }

    static String findings(List<String> codes) {
        return codes.isEmpty() ? "findings not named" : Words.some(codes.stream().map(Words::plain).toList(), 4);
    }

    private static String premises(Order order) {
        return order.premises + " (" + Words.plain(order.kind) + ", " + order.district + ")";
    }
}
