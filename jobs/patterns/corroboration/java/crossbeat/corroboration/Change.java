package crossbeat.corroboration;

import java.util.ArrayList;
import java.util.List;
import org.apache.flink.types.Row;

/** What a new state of a record changes among the events of a recipient. */
final class Change {
    private Change() {}

    /**
     * Puts a state on the shelf.
     *
     * @param least the confidence from which an event is told
     * @return a row for each event that the state touched: its evidence, or its end where it was told
     */
    static List<Row> of(Sighting now, Shelf shelf, double least) throws Exception {
        Sighting known = shelf.get(now.id());
        if (known != null && known.revision() >= now.revision()) {
            return List.of();
        }
        Sighting before = known != null && known.stands() ? known : null;
        Sighting same = before == null && now.stands() ? saysNothingNew(now, shelf.near(now)) : null;
        if (same != null) {
            shelf.put(now.in(same.label(), same.told()));
            return List.of();
        }
        List<Sighting> touched = before == null ? new ArrayList<>() : shelf.near(before);
        Sighting put = before == null ? now : now.in(before.label(), before.told());
        shelf.put(put);
        if (put.stands()) {
            touched.add(put);
        }
        return tell(Event.around(touched, shelf), before, shelf, least);
    }

    /**
     * One of the near that stands for a new sighting: of the same feed, earlier, as good, and of the only event that is
     * near. Null if there is none. A camera that calls every minute does not have its event worked out anew each time.
     */
    private static Sighting saysNothingNew(Sighting now, List<Sighting> near) {
        if (near.stream().map(Sighting::label).distinct().count() != 1) {
            return null;
        }
        return near.stream()
                .filter(one -> one.feed().equals(now.feed())
                        && one.weight() >= now.weight()
                        && Sighting.FIRST.compare(one, now) < 0)
                .findFirst()
                .orElse(null);
    }

    private static List<Row> tell(List<Event> events, Sighting before, Shelf shelf, double least) throws Exception {
        List<Row> rows = new ArrayList<>();
        Names names = new Names(events, before, least);
        names.ended().forEach((label, next) -> rows.add(Finding.over(Finding.EVENT, label, next)));
        for (Event event : events) {
            String name = names.of(event);
            boolean worth = event.corroborated(least);
            if (worth) {
                rows.add(Finding.event(name, event));
            } else if (event.told(name)) {
                rows.add(Finding.over(Finding.EVENT, name, ""));
            }
            for (Sighting member : event.members()) {
                if (!member.label().equals(name) || member.told() != worth) {
                    shelf.put(member.in(name, worth));
                }
            }
        }
        return rows;
    }
}
