package crossbeat.feeds;

import java.nio.ByteBuffer;

/** All that is remembered of one record type of a district, its cameras apart: packed into one value of the state. */
final class Source {
    final Feed feed;
    final Clock clock;
    final Refusals refusals;

    private Source(Feed feed, Clock clock, Refusals refusals) {
        this.feed = feed;
        this.clock = clock;
        this.refusals = refusals;
    }

    /** From what {@link #pack} gave; from null one of which nothing is known. */
    static Source unpack(byte[] packed) {
        if (packed == null) {
            return new Source(Feed.unpack(null), new Clock(), new Refusals());
        }
        ByteBuffer in = ByteBuffer.wrap(packed);
        Clock clock = Clock.read(in);
        Refusals refusals = Refusals.read(in);
        byte[] feed = new byte[in.remaining()];
        in.get(feed);
        return new Source(Feed.unpack(feed), clock, refusals);
    }

    byte[] pack() {
        byte[] counted = refusals.pack();
        byte[] heard = feed.pack();
        ByteBuffer out = ByteBuffer.allocate(Clock.BYTES + counted.length + heard.length);
        clock.write(out);
        return out.put(counted).put(heard).array();
    }
}
