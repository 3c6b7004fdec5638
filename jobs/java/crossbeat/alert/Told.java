package crossbeat.alert;

import crossbeat.state.Packed;
import java.util.List;

/**
 * State: what one recipient was told of one identity. It decides what is to be said next, so that an alert is updated and
 * never repeated. Use it as {@code @StateHint Told told}, or many of them as {@link Tellings}; its fields are Flink's, and
 * nobody else's to set.
 */
public class Told {
    /** How many alerts went out. */
    public int count;
    /** The identifier of the one that stands; null if none does. */
    public String identifier;
    /** What the one that stands says, see {@link #next}. */
    public String digest;
    /** What the one that stands rests on, packed. */
    public byte[] evidence;

    /** Whether an alert stands. */
    public boolean standing() {
        return identifier != null;
    }

    /**
     * What is to be said now. The digest names what an alert would say, such as {@link Identity#digest} of its evidence;
     * null means that there is nothing to say any more.
     *
     * @return an Alert where none stands, an Update where one stands that says something else, a Cancel where the digest is
     *     null and one stands: with its identifier, type and references, a Cancel with all the rest too. Null where there is
     *     nothing new. What is returned counts as said: its row must be collected.
     */
    public Alert next(String pattern, String key, String recipient, String digest) {
        boolean over = digest == null;
        if (over ? !standing() : standing() && digest.equals(this.digest)) {
            return null;
        }
        count++;
        Alert alert = Alert.of(pattern, key, recipient, count).remembering(this);
        if (standing()) {
            alert.type("Update").references(identifier);
        }
        if (over) {
            alert.cancels(evidence);
        }
        identifier = over ? null : alert.identifier();
        this.digest = digest;
        return alert;
    }

    /** Lets go of what stands without a word: it has run out by itself, and what comes next is a new Alert. */
    public void forget() {
        identifier = null;
        digest = null;
        evidence = null;
    }

    byte[] pack() {
        return Packed.pack(List.of(this), (told, out) -> out.number(told.count)
                .maybe(told.identifier)
                .maybe(told.digest)
                .bytes(told.evidence));
    }

    static Told unpack(byte[] packed) {
        return Packed.unpack(packed, Told::read).get(0);
    }

    private static Told read(Packed.In in) {
        Told told = new Told();
        told.count = (int) in.number();
        told.identifier = in.maybe();
        told.digest = in.maybe();
        told.evidence = in.bytes();
        return told;
    }
}
