package crossbeat.overdue;

import crossbeat.alert.Alert;
import crossbeat.alert.Told;
import crossbeat.alert.Words;
import crossbeat.state.Packed;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.ArgumentTrait;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Tells a district that one finding repeats at premises of a chain in several districts. Runs once a key (recipient, chain,
 * finding), on the inspections that this recipient may see; it is told only if one of them is its own.
 *
 * <p>One alert stands for as long as the finding goes on. News is a district that joins, or the loss of an inspection that
 * was named; further premises of districts that were named are not.
 */
@DataTypeHint(Alert.ROW)
public class Repeats extends ProcessTableFunction<Row> {
    private static final String PATTERN = "overdue_rectification";
    /** How many windows of findings are kept: late ones must find those that they belong to. */
    private static final int KEPT = 2;

    /** The findings known, the inspections that were named, the districts that were, and until when the alert holds. */
    public static class Seen {
        public byte[] found;
        public byte[] named;
        public byte[] districts;
        public long expires;
        public int losses;
    }

    /** A finding, or its end ({@code gone}). The last three arguments are constants of the query. */
    public void eval(
            @StateHint Seen seen,
            @StateHint Told told,
            @ArgumentHint(ArgumentTrait.SET_SEMANTIC_TABLE) Row found,
            Integer premises,
            Integer districts,
            Long windowMs) {
        List<Found> all = Packed.unpack(seen.found, Found::read);
        String id = found.getFieldAs("inspection_id");
        all.removeIf(one -> one.inspection().equals(id));
        List<String> named = Packed.unpack(seen.named, Packed.In::text);
        if (found.<Boolean>getFieldAs("gone")) {
            seen.losses += named.contains(id) ? 1 : 0;
        } else {
            all.add(found(found));
        }
        all.sort(Found.BY_TIME);
        long newest = all.isEmpty() ? 0 : all.get(all.size() - 1).at();
        all.removeIf(one -> one.at() < newest - KEPT * windowMs);
        seen.found = Packed.pack(all, Found::write);
        tell(seen, told, found, newestRepeat(all, premises, districts, windowMs), windowMs);
    }

    private void tell(Seen seen, Told told, Row key, List<Found> repeat, long windowMs) {
        String recipient = key.getFieldAs("recipient");
        boolean concerned = repeat.stream().anyMatch(one -> one.district().equals(recipient));
        if (told.standing() && concerned && repeat.get(0).at() > seen.expires) {
            told.forget(); // that one has run out, this is another
            seen.districts = null;
        }
        Set<String> known = new TreeSet<>(Packed.unpack(seen.districts, Packed.In::text));
        repeat.forEach(one -> known.add(one.district()));
        String digest = concerned ? String.join(",", known) + "|" + seen.losses : null;
        String chain = key.getFieldAs("chain");
        String finding = key.getFieldAs("finding");
        Alert alert = told.next(PATTERN, chain + "|" + finding, recipient, digest);
        if (alert == null) {
            return;
        }
        seen.districts = concerned ? Packed.pack(List.copyOf(known), (one, out) -> out.text(one)) : null;
        List<String> ids = repeat.stream().map(Found::inspection).toList();
        seen.named = concerned ? Packed.pack(ids, (one, out) -> out.text(one)) : null;
        if (concerned) {
            long last = repeat.get(repeat.size() - 1).at();
            seen.expires = last + windowMs;
            Set<String> places = places(repeat);
            Set<String> where = repeat.stream().map(Found::district).collect(Collectors.toCollection(TreeSet::new));
            alert.headline(Words.plain(finding) + " found at " + places.size() + " premises of " + chain + " in "
                            + Words.some(List.copyOf(where), 4))
                    .description(description(repeat, places, where, chain, finding, windowMs))
                    .evidence(ids)
                    .districts(where)
                    .around(repeat.stream().map(Found::point).toList())
                    .times(repeat.get(0).at(), last)
                    .score(places.size() * where.size())
                    .expires(seen.expires);
        }
        collect(alert.row());
    }

    private static String description(
            List<Found> repeat, Set<String> places, Set<String> where, String chain, String finding, long windowMs) {
        String each = repeat.stream()
                .map(one -> one.premises() + " (" + one.district() + ", " + Words.at(one.at()) + ")")
                .limit(12)
                .collect(Collectors.joining("; "));
        return "Inspections found " + Words.plain(finding) + " at " + places.size() + " premises of the chain " + chain + " in "
                + Words.number(where.size(), "district") + " within "
                + Words.time(repeat.get(repeat.size() - 1).at() - repeat.get(0).at()) + ": " + each
                + (repeat.size() > 12 ? " and " + (repeat.size() - 12) + " more" : "")
                + ". Raised because as many share one finding within " + Words.time(windowMs)
                + ". It does not say that the chain ordered it: a finding that is common everywhere repeats by chance, the"
                + " sooner the more premises a chain has. First agree which district speaks to the chain's head office, and look"
                + " for the same at its other premises.";
    }

    /** The newest findings within the window that are at enough premises in enough districts; empty if there are none. */
    private static List<Found> newestRepeat(List<Found> all, int premises, int districts, long windowMs) {
        for (int last = all.size() - 1; last >= 0; last--) {
            long since = all.get(last).at() - windowMs;
            List<Found> within = all.subList(0, last + 1).stream().filter(one -> one.at() >= since).toList();
            long owners = within.stream().map(Found::district).distinct().count();
            if (places(within).size() >= premises && owners >= districts) {
                return within;
            }
        }
        return new ArrayList<>();
    }

    private static Set<String> places(List<Found> found) {
        return found.stream().map(Found::where).collect(Collectors.toCollection(TreeSet::new));
    }

    private static Found found(Row row) {
        return new Found(
                row.getFieldAs("inspection_id"),
                row.getFieldAs("owner"),
                row.getFieldAs("premises"),
                Order.milliseconds(row.getFieldAs("occurred_from")),
                row.getFieldAs("lat"),
                row.getFieldAs("lon"));
    }
}
