package crossbeat.coverage;

import crossbeat.state.Packed;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A district's patrol feed as one recipient sees it: since when it has been heard, how new its newest word is, and which
 * areas wait for it to speak. While all of it is silent nobody can say that a place was not visited.
 *
 * <p>Most records are only a sign of life and change a number or two. So the bytes have the numbers first, each at its place,
 * and behind them the texts, which are unpacked where they are asked for.
 */
final class Feed {
    private static final int NUMBERS = 7 * Long.BYTES;

    /** As state holds it; null if it is new. */
    private final byte[] packed;

    private long first = Area.NONE;
    private long newest = Area.NONE;
    private long settleUntil = Area.NONE;
    private double lat = Double.NaN;
    private double lon = Double.NaN;
    private long waits;
    private long stands;
    /** Whether numbers, or texts, are others than in the bytes. */
    private boolean moved;

    private boolean renamed;
    private Names names;

    /** Whose feed it is, and to whom; areas that wait for it, and areas that an alert stands for. */
    private record Names(String recipient, String district, List<String> waiting, List<String> standing) {
        static void write(Names names, Packed.Out out) {
            out.text(names.recipient).text(names.district).texts(names.waiting).texts(names.standing);
        }

        static Names read(Packed.In in) {
            return new Names(in.text(), in.text(), in.texts(), in.texts());
        }
    }

    private Feed(byte[] packed) {
        this.packed = packed;
        if (packed != null) {
            first = number(0);
            newest = number(1);
            settleUntil = number(2);
            lat = Double.longBitsToDouble(number(3));
            lon = Double.longBitsToDouble(number(4));
            waits = number(5);
            stands = number(6);
        }
    }

    static Feed unpack(byte[] packed) {
        return new Feed(packed);
    }

    boolean isNew() {
        return packed == null && names == null;
    }

    /** Names it if it is new. */
    void named(String recipient, String district) {
        if (isNew()) {
            names = new Names(recipient, district, new ArrayList<>(), new ArrayList<>());
            renamed = true;
        }
    }

    /**
     * Hears a visit at any of its places, from when to when (milliseconds UTC) and where (degrees); {@code now} is the time of
     * all feeds, or {@link Area#NONE}. True if it is the first.
     */
    boolean heard(long from, long to, double atLat, double atLon, long now, Settings settings) {
        // After a silence its backlog may come in any order: until then nothing is told of.
        if (newest != Area.NONE && now != Area.NONE && now - newest > settings.silentMs() && now + settings.settleMs() > settleUntil) {
            settleUntil = now + settings.settleMs();
            moved = true;
        }
        boolean earlier = first == Area.NONE || from < first;
        if (earlier) {
            first = from;
            moved = true;
        }
        if (to >= newest) {
            newest = to;
            lat = atLat;
            lon = atLon;
            moved = true;
        }
        return earlier;
    }

    /** Whether it is known to have spoken about that moment. */
    boolean aliveAt(long at, Settings settings) {
        return newest != Area.NONE && newest >= at - settings.aliveMs();
    }

    /** The beginning of the earliest visit, {@link Area#NONE} if there was none. */
    long first() {
        return first;
    }

    /** The end of its newest visit. */
    long newest() {
        return newest;
    }

    /** Until when nothing is told of. */
    long settleUntil() {
        return settleUntil;
    }

    /** Where its newest visit was, for an area that never had one. */
    double lat() {
        return lat;
    }

    double lon() {
        return lon;
    }

    String recipient() {
        return names().recipient;
    }

    String district() {
        return names().district;
    }

    /** The areas that an alert stands for. */
    List<String> standing() {
        return stands == 0 ? List.of() : List.copyOf(names().standing);
    }

    boolean waits(String area) {
        return waits > 0 && names().waiting.contains(area);
    }

    void wait(String area) {
        if (!waits(area)) {
            names().waiting.add(area);
            waits++;
            renamed = true;
        }
    }

    /** The areas that waited; none waits any more. */
    List<String> woken() {
        if (waits == 0) {
            return List.of();
        }
        List<String> woken = List.copyOf(names().waiting);
        names().waiting.clear();
        waits = 0;
        renamed = true;
        return woken;
    }

    /** Remembers whether an alert stands for an area. */
    void stands(Area area) {
        boolean known = stands > 0 && names().standing.contains(area.name);
        if (area.standing() != known) {
            if (area.standing()) {
                names().standing.add(area.name);
            } else {
                names().standing.remove(area.name);
            }
            stands = names().standing.size();
            renamed = true;
        }
    }

    /** The bytes that it was unpacked from where nothing has changed. */
    byte[] pack() {
        if (!moved && !renamed) {
            return packed;
        }
        byte[] texts = renamed ? Packed.pack(List.of(names), Names::write) : null;
        byte[] bytes = renamed ? new byte[NUMBERS + texts.length] : Arrays.copyOf(packed, packed.length);
        if (renamed) {
            System.arraycopy(texts, 0, bytes, NUMBERS, texts.length);
        }
        long[] numbers = {
            first, newest, settleUntil, Double.doubleToRawLongBits(lat), Double.doubleToRawLongBits(lon), waits, stands
        };
        for (int at = 0; at < numbers.length; at++) {
            Packed.number(bytes, at * Long.BYTES, numbers[at]);
        }
        return bytes;
    }

    private Names names() {
        if (names == null) {
            names = Packed.unpack(Arrays.copyOfRange(packed, NUMBERS, packed.length), Names::read).get(0);
        }
        return names;
    }

    private long number(int at) {
        return Packed.number(packed, at * Long.BYTES);
    }
}
