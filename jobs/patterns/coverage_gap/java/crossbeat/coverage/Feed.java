package crossbeat.coverage;

import crossbeat.state.Packed;
import java.util.ArrayList;
import java.util.List;

/**
 * A district's patrol feed as one recipient sees it: since when it has been heard, how new its newest word is, and which
 * areas wait for it to speak. While all of it is silent nobody can say that a place was not visited.
 */
final class Feed {
    String recipient = "";
    String district = "";
    long first = Area.NONE;
    long newest = Area.NONE;
    /** After a silence its backlog may come in any order: until then nothing is told of. */
    long settleUntil = Area.NONE;
    /** Where its newest visit was, for an area that never had one. */
    double lat = Double.NaN;

    double lon = Double.NaN;
    List<String> waiting = new ArrayList<>();
    List<String> standing = new ArrayList<>();

    /** Hears a visit at any of its places; {@code now} is the time of all feeds, or {@link Area#NONE}. True if it is the first. */
    boolean heard(Visit visit, long now, Settings settings) {
        if (newest != Area.NONE && now != Area.NONE && now - newest > settings.silentMs()) {
            settleUntil = Math.max(settleUntil, now + settings.settleMs());
        }
        boolean earlier = first == Area.NONE || visit.from() < first;
        first = earlier ? visit.from() : first;
        if (visit.to() >= newest) {
            newest = visit.to();
            lat = visit.lat();
            lon = visit.lon();
        }
        return earlier;
    }

    /** Whether it is known to have spoken about that moment. */
    boolean aliveAt(long at, Settings settings) {
        return newest != Area.NONE && newest >= at - settings.aliveMs();
    }

    void wait(String area) {
        if (!waiting.contains(area)) {
            waiting.add(area);
        }
    }

    void stands(Area area) {
        standing.remove(area.name);
        if (area.standing()) {
            standing.add(area.name);
        }
    }

    byte[] pack() {
        return Packed.pack(List.of(this), Feed::write);
    }

    static Feed unpack(byte[] packed) {
        return packed == null ? new Feed() : Packed.unpack(packed, Feed::read).get(0);
    }

    private static void write(Feed feed, Packed.Out out) {
        out.text(feed.recipient).text(feed.district).number(feed.first).number(feed.newest);
        out.number(feed.settleUntil).real(feed.lat).real(feed.lon).texts(feed.waiting).texts(feed.standing);
    }

    private static Feed read(Packed.In in) {
        Feed feed = new Feed();
        feed.recipient = in.text();
        feed.district = in.text();
        feed.first = in.number();
        feed.newest = in.number();
        feed.settleUntil = in.number();
        feed.lat = in.real();
        feed.lon = in.real();
        feed.waiting = in.texts();
        feed.standing = in.texts();
        return feed;
    }
}
