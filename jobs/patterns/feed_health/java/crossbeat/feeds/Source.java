package crossbeat.feeds;

import java.util.Arrays;

/** All that is remembered of one record type of a district, its cameras apart: packed into one value of the state. */
final class Source {
    final Feed feed;
    final Clock clock;
    final Refusals refusals;
    /** Clock and refusals: texts stand at the end of these and of the feed, and change their length. */
    private final Memory head;

    private Source(Memory head, Feed feed) {
        this.head = head;
        this.feed = feed;
        this.clock = new Clock(head);
        this.refusals = new Refusals(head);
    }

    /** From what {@link #pack} gave; from null one of which nothing is known. */
    static Source unpack(byte[] packed) {
        if (packed == null) {
            Memory head = new Memory(Refusals.LEAST_BYTES);
            Clock.begin(head);
            Refusals.begin(head);
            return new Source(head, Feed.unknown());
        }
        int end = Refusals.end(packed);
        return new Source(new Memory(packed, 0, end), Feed.unpack(packed, end));
    }

    byte[] pack() {
        byte[] counted = head.bytes();
        byte[] heard = feed.pack();
        byte[] packed = Arrays.copyOf(counted, counted.length + heard.length);
        System.arraycopy(heard, 0, packed, counted.length, heard.length);
        return packed;
    }

    /** Whether {@link #pack} gives something else than was unpacked. */
    boolean changed() {
        return head.changed() || feed.changed();
    }
}
