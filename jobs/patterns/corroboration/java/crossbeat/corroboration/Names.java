package crossbeat.corroboration;

import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What events are called, so that an alert is updated and not repeated: an event keeps its label while members come and
 * go. Where events become one, one label goes on and the others end in it; where one falls apart, the part that is still
 * worth telling and has most of it keeps the label.
 */
final class Names {
    private final Map<Event, String> names = new IdentityHashMap<>();
    private final Map<String, String> ended = new TreeMap<>();

    /**
     * @param events all events that the change touched
     * @param left the state of a record that is no more; null for none
     * @param least the confidence from which an event is told
     */
    Names(List<Event> events, Sighting left, double least) {
        Map<String, Event> owners = owners(events, least);
        for (Event event : events) {
            Set<String> own = new TreeSet<>();
            owners.forEach((label, owner) -> {
                if (owner == event) {
                    own.add(label);
                }
            });
            String name = own.stream()
                    .max(Comparator.comparing(event::told).thenComparing(Comparator.reverseOrder()))
                    .orElseGet(() -> unused(event, owners));
            owners.put(name, event);
            names.put(event, name);
            own.stream().filter(label -> !label.equals(name) && event.told(label)).forEach(label -> ended.put(label, name));
        }
        if (left != null && left.told() && !owners.containsKey(left.label())) {
            ended.put(left.label(), "");
        }
    }

    String of(Event event) {
        return names.get(event);
    }

    /** Labels of told events that are no more, and the one that each went on in; empty if none. */
    Map<String, String> ended() {
        return ended;
    }

    private static Map<String, Event> owners(List<Event> events, double least) {
        Map<String, Event> owners = new TreeMap<>();
        for (Event event : events) {
            for (Sighting member : event.members()) {
                if (!member.label().isEmpty()) {
                    // Of equals the first stays: events are in order.
                    owners.merge(member.label(), event, (a, b) -> better(member.label(), b, a, least) ? b : a);
                }
            }
        }
        return owners;
    }

    private static boolean better(String label, Event one, Event other, double least) {
        boolean worth = one.corroborated(least);
        return worth == other.corroborated(least) ? one.with(label) > other.with(label) : worth;
    }

    /** A label that no other event can have: a state of a record, and a number where that lost its event to another part. */
    private static String unused(Event event, Map<String, Event> owners) {
        String label = event.first().id() + "/" + event.first().revision();
        String free = label;
        for (int number = 2; owners.containsKey(free); number++) {
            free = label + "/" + number;
        }
        return free;
    }
}
