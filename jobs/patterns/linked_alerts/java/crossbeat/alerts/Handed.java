package crossbeat.alerts;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * What a centre has handed on: for each identity and recipient the other two incidents of the triple. Packed as lines,
 * for neither an identity, a district nor a record id holds a tab or a line's end.
 */
final class Handed {
    /** For whom: what one recipient is told of one identity depends on what it may see alone. */
    record Key(String identity, String recipient) {}

    /** The ids of the two ends. */
    record Ends(String one, String two) {
        static Ends of(Triple triple) {
            return new Ends(triple.one().other().id(), triple.two().other().id());
        }

        boolean has(String id) {
            return one.equals(id) || two.equals(id);
        }
    }

    private Handed() {}

    static byte[] pack(Map<Key, Ends> handed) {
        StringBuilder lines = new StringBuilder();
        handed.forEach((key, ends) -> lines.append(
                String.join("\t", key.identity(), key.recipient(), ends.one(), ends.two())).append('\n'));
        return lines.toString().getBytes(StandardCharsets.UTF_8);
    }

    static Map<Key, Ends> unpack(byte[] packed) {
        Map<Key, Ends> handed = new LinkedHashMap<>();
        if (packed != null) {
            new String(packed, StandardCharsets.UTF_8).lines().forEach(line -> {
                String[] parts = line.split("\t");
                handed.put(new Key(parts[0], parts[1]), new Ends(parts[2], parts[3]));
            });
        }
        return handed;
    }
}
