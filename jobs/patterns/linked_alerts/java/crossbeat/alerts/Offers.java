package crossbeat.alerts;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The triples at hand for one recipient and identity, by their centre; packed as the links of one after another. */
final class Offers {
    private Offers() {}

    static byte[] pack(Map<String, Triple> offers) {
        List<Link> links = new ArrayList<>(2 * offers.size());
        offers.values().forEach(triple -> {
            links.add(triple.one());
            links.add(triple.two());
        });
        return Link.pack(links);
    }

    static Map<String, Triple> unpack(byte[] packed) {
        Map<String, Triple> offers = new TreeMap<>();
        List<Link> links = Link.unpack(packed);
        for (int i = 0; i < links.size(); i += 2) {
            Triple triple = new Triple(links.get(i), links.get(i + 1));
            offers.put(triple.centre().id(), triple);
        }
        return offers;
    }
}
