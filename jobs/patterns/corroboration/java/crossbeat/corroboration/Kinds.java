package crossbeat.corroboration;

import java.util.HashMap;
import java.util.Map;
import org.apache.flink.table.data.StringData;

/**
 * The table of what means the same event: a line a kind, {@code fire arson: camera_event/smoke_fire patrol/fire_hazard},
 * of its name, the category of its alerts, and what each type of record calls it.
 */
final class Kinds {
    private final Map<StringData, Map<StringData, StringData>> kinds = new HashMap<>();
    private final Map<StringData, StringData> categories = new HashMap<>();

    /** @throws IllegalArgumentException if a line is not as above, or a code means two things */
    Kinds(String table) {
        table.lines().map(String::strip).filter(line -> !line.isEmpty()).forEach(this::add);
    }

    private void add(String line) {
        String[] parts = line.split(":");
        String[] names = parts[0].strip().split("\\s+");
        if (parts.length != 2 || names.length != 2) {
            throw new IllegalArgumentException("a kind is 'name category: type/code …', not '" + line + "'");
        }
        StringData kind = StringData.fromString(names[0]);
        categories.put(kind, StringData.fromString(names[1]));
        for (String each : parts[1].strip().split("\\s+")) {
            String[] source = each.split("/");
            if (source.length != 2) {
                throw new IllegalArgumentException("a source is 'type/code', not '" + each + "'");
            }
            StringData before = kinds.computeIfAbsent(StringData.fromString(source[0]), type -> new HashMap<>())
                    .put(StringData.fromString(source[1]), kind);
            if (before != null) {
                throw new IllegalArgumentException(each + " means " + before + " and " + kind + ": leave one out");
            }
        }
    }

    /** The kind of event that a code of a type of record means; null if none. */
    StringData of(StringData type, StringData code) {
        return code == null ? null : kinds.getOrDefault(type, Map.of()).get(code);
    }

    /** The category of a kind's alerts; null if there is no such kind. */
    StringData category(StringData kind) {
        return kind == null ? null : categories.get(kind);
    }
}
