package crossbeat.router;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/**
 * Which districts receive which types: a file that the process of the jobs keeps, looked at again now and then, so that a
 * district may join while all is running.
 */
final class Receivers {
    private static final long EVERY_NS = 500_000_000L;

    private final Path file;
    private Map<String, Set<String>> byType = Map.of();
    private String text = "";
    private long lookedAt = Long.MIN_VALUE;

    Receivers(String file) {
        this.file = Path.of(file);
    }

    /** The districts that receive a type. */
    Set<String> of(String type) throws IOException {
        long now = System.nanoTime();
        if (lookedAt == Long.MIN_VALUE || now - lookedAt > EVERY_NS) {
            lookedAt = now;
            look();
        }
        return byType.getOrDefault(type, Set.of());
    }

    private void look() throws IOException {
        String found;
        try {
            found = Files.readString(file);
        } catch (NoSuchFileException none) {
            throw new IOException("the router cannot see " + file + ": on a cluster of yours, share the data folder with it", none);
        }
        if (found.equals(text)) {
            return;
        }
        Map<String, Set<String>> types = new HashMap<>();
        JsonNode districts = new ObjectMapper().readTree(found);
        districts.fieldNames().forEachRemaining(district -> districts
                .get(district)
                .forEach(type -> types.computeIfAbsent(type.asText(), name -> new HashSet<>()).add(district)));
        byType = types;
        text = found;
    }
}
