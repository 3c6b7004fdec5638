package crossbeat.coverage;

import crossbeat.state.Packed;
import java.util.Arrays;
import java.util.List;

/**
 * The visits that came to an area since it was judged, beside when it will be judged next. Nearly every visit is one that
 * came in time: it puts off what would have been due, so it need only be there when the area is judged.
 *
 * <p>One more visit can only end stretches without one sooner, also by the strength that it adds to another, and begin one
 * no earlier than it began itself: under the rule of another hour that may be allowed less than the one before. So nothing
 * that it changes is due before its beginning and the shortest time of any rule. Where that is later than the next look, or
 * behind all duties, the area need not be judged now, and the outcome is the same.
 *
 * <p>As bytes: the next look, the end of the last duty, the visits. None where every record asks for a look.
 */
final class Fresh {
    private static final int VISITS = 16;
    /** With more than these the area is judged all the same, and lets go of what is old. */
    private static final int MOST = 64;

    private Fresh() {}

    /** No visits yet; {@code due} is the next look, {@link Area#NONE} if nothing known will be due. */
    static byte[] none(long due, List<Area.Span> spans) {
        byte[] bytes = new byte[VISITS];
        Packed.number(bytes, 0, due == Area.NONE ? Long.MAX_VALUE : due);
        Packed.number(bytes, 8, spans.isEmpty() ? Area.NONE : spans.get(spans.size() - 1).to());
        return bytes;
    }

    /**
     * Whether there is a look by a moment: a new duty changes nothing that is due before it begins, so that it need not be judged
     * until then. False where every record asks for a look.
     */
    static boolean looksBy(byte[] fresh, long at) {
        return fresh != null && Packed.number(fresh, 0) <= at;
    }

    /** The same next look, with other duties; its visits are in the area now. */
    static byte[] planned(byte[] fresh, List<Area.Span> spans) {
        return none(Packed.number(fresh, 0), spans);
    }

    /** With a visit of a record that is new; null if the area must be judged now. */
    static byte[] with(byte[] fresh, Visit visit, Settings settings) {
        if (fresh == null) {
            return null;
        }
        long due = Packed.number(fresh, 0);
        long planned = Packed.number(fresh, 8);
        if (visit.from() < planned && visit.from() + settings.shortestMs() + settings.reportMs() < due) {
            return null;
        }
        byte[] visits = fresh.length == VISITS ? null : Arrays.copyOfRange(fresh, VISITS, fresh.length);
        if (Packed.size(visits) >= MOST) {
            return null;
        }
        byte[] more = Packed.with(visits, visit, Visit::write);
        byte[] bytes = Arrays.copyOf(fresh, VISITS + more.length);
        System.arraycopy(more, 0, bytes, VISITS, more.length);
        return bytes;
    }

    /** The visits, as they came. */
    static List<Visit> visits(byte[] fresh) {
        return fresh == null || fresh.length == VISITS
                ? List.of()
                : Packed.unpack(Arrays.copyOfRange(fresh, VISITS, fresh.length), Visit::read);
    }
}
