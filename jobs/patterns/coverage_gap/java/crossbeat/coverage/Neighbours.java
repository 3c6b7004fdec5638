package crossbeat.coverage;

import crossbeat.state.Packed;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.dataview.MapView;

/** Visits of neighbours at the border, by H3 cell: an area meets those of its own cells, and the others cost it nothing. */
final class Neighbours {
    private static final String CELLS = "neighbours";
    private static final String CELL = "neighbours ";
    /** By record id, the cell of its newest revision: what replaces it may lie in another. */
    private static final String RECORD = "neighbour ";

    private static final int MOST = 64;

    private final MapView<String, byte[]> known;

    Neighbours(MapView<String, byte[]> known) {
        this.known = known;
    }

    /** When the last visit to a cell ended, as it was looked through last; milliseconds UTC. */
    private record Newest(long cell, long to) {
        static void write(Newest one, Packed.Out out) {
            out.number(one.cell).number(one.to);
        }

        static Newest read(Packed.In in) {
            return new Newest(in.number(), in.number());
        }
    }

    /**
     * Takes a visit's revision; lets go of what ended before a moment, {@link Area#NONE} for nothing.
     *
     * @return the cells in which a visit is another than it was, or is no more
     */
    List<Long> take(Visit visit, long since) throws Exception {
        byte[] before = known.get(RECORD + visit.id());
        byte[] there = known.get(CELL + visit.cell());
        // A new one to a cell that has some only stands behind them; now and then the old ones go.
        if (before == null && there != null && Packed.size(there) % MOST != 0) {
            known.put(CELL + visit.cell(), Packed.with(there, visit, Visit::write));
            remember(visit);
            return List.of();
        }
        return replace(visit, before, since);
    }

    private List<Long> replace(Visit visit, byte[] before, long since) throws Exception {
        Map<Long, Long> newest = newest();
        long left = before == null ? visit.cell() : Long.parseLong(new String(before, StandardCharsets.UTF_8));
        if (left != visit.cell()) {
            List<Visit> there = in(left);
            if (there.removeIf(one -> one.id().equals(visit.id()) && one.revision() < visit.revision())) {
                put(left, there);
            } else if (there.stream().anyMatch(one -> one.id().equals(visit.id()))) {
                return List.of(); // this revision, or a later one, is there already
            }
        }
        List<Visit> here = in(visit.cell());
        if (Area.replace(here, visit)) {
            put(visit.cell(), here);
            remember(visit);
            newest.putIfAbsent(visit.cell(), visit.to());
        }
        forget(newest, visit.cell(), since);
        List<Newest> cells = new ArrayList<>();
        newest.forEach((cell, to) -> cells.add(new Newest(cell, to)));
        set(CELLS, Packed.pack(cells, Newest::write));
        return before == null ? List.of() : List.of(left, visit.cell());
    }

    /** Those in some cells. */
    List<Visit> in(List<Long> cells) throws Exception {
        Map<Long, Long> newest = newest();
        List<Visit> found = new ArrayList<>();
        for (Long cell : newest.isEmpty() ? List.<Long>of() : cells) {
            if (newest.containsKey(cell)) {
                found.addAll(in(cell));
            }
        }
        return found;
    }

    private List<Visit> in(long cell) throws Exception {
        return Packed.unpack(known.get(CELL + cell), Visit::read);
    }

    /** Lets go of old ones in a cell, and of cells that hold nothing else. */
    private void forget(Map<Long, Long> newest, long touched, long since) throws Exception {
        for (Map.Entry<Long, Long> one : List.copyOf(newest.entrySet())) {
            if (one.getKey() == touched || one.getValue() < since) {
                List<Visit> there = in(one.getKey());
                for (Visit visit : there) {
                    if (visit.to() < since) {
                        known.remove(RECORD + visit.id());
                    }
                }
                if (there.removeIf(visit -> visit.to() < since)) {
                    put(one.getKey(), there);
                }
                if (there.isEmpty()) {
                    newest.remove(one.getKey());
                } else {
                    newest.put(one.getKey(), there.stream().mapToLong(Visit::to).max().getAsLong());
                }
            }
        }
    }

    private void remember(Visit visit) throws Exception {
        known.put(RECORD + visit.id(), Long.toString(visit.cell()).getBytes(StandardCharsets.UTF_8));
    }

    private Map<Long, Long> newest() throws Exception {
        Map<Long, Long> newest = new LinkedHashMap<>();
        Packed.unpack(known.get(CELLS), Newest::read).forEach(one -> newest.put(one.cell, one.to));
        return newest;
    }

    private void put(long cell, List<Visit> visits) throws Exception {
        set(CELL + cell, Packed.pack(visits, Visit::write));
    }

    private void set(String name, byte[] packed) throws Exception {
        if (packed == null) {
            known.remove(name);
        } else {
            known.put(name, packed);
        }
    }
}
