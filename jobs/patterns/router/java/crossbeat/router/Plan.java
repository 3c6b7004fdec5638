package crossbeat.router;

import crossbeat.avro.Fields;
import crossbeat.avro.Registry;
import crossbeat.avro.Undecodable;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** What the contracts say of delivery, as {@code jobs/delivery.py} renders it. */
final class Plan {
    /** One type: its topic at a district with {@code {district}} in it, its key, the fields whose sum is its version. */
    record Type(String name, String topic, String key, List<String> version, boolean owned, Fields.Target target) {
        String topic(String district) {
            return topic.replace("{district}", district);
        }

        long version(Fields fields) throws Undecodable {
            long sum = version.isEmpty() ? 1 : 0;
            for (String field : version) {
                sum += fields.number(field);
            }
            return sum;
        }
    }

    final String receiptTopic;
    final Fields.Target receipt;
    private final Map<String, Type> types = new HashMap<>();

    Plan(String json, Registry registry) throws IOException {
        JsonNode plan = new ObjectMapper().readTree(json);
        receiptTopic = plan.get("receipt").get("topic").asText();
        receipt = target(plan.get("receipt"), registry);
        for (JsonNode type : plan.get("types")) {
            List<String> version = new ArrayList<>();
            type.get("version").forEach(field -> version.add(field.asText()));
            types.put(
                    type.get("record").asText(),
                    new Type(
                            type.get("type").asText(),
                            type.get("topic").asText(),
                            type.get("key").asText(),
                            version,
                            type.get("owned").asBoolean(),
                            target(type, registry)));
        }
    }

    /** The type whose records have this name. */
    Type type(String record) throws Undecodable {
        Type type = types.get(record);
        if (type == null) {
            throw new Undecodable("it is a record of no type that is delivered"); // its name is the writer's own words
        }
        return type;
    }

    private static Fields.Target target(JsonNode said, Registry registry) throws IOException {
        Set<String> withheld = new HashSet<>();
        said.path("withheld").forEach(field -> withheld.add(field.asText()));
        return new Fields.Target(registry, said.get("subject").asText(), said.get("schema").asText(), withheld);
    }
}
