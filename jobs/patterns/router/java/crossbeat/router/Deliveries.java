package crossbeat.router;

import crossbeat.avro.Aside;
import crossbeat.avro.Fields;
import crossbeat.avro.Registry;
import crossbeat.avro.Undecodable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.util.Collector;

/**
 * One message of the shared stream, of links or of alerts to the messages that districts are to have: rows of topic, key
 * and body. A body of null takes the key back. A receipt follows what it tells of.
 */
final class Deliveries implements DeserializationSchema<RowData> {
    private static final long serialVersionUID = 1L;
    /** A plate read never leaves its owner, not even as a token. */
    private static final String NEVER = "vehicle_read";

    private final Registry registry;
    private final String planned;
    private final String receiversFile;
    private final TypeInformation<RowData> produced;
    private transient Plan plan;
    private transient Receivers receivers;
    private transient Fields fields;
    private transient Aside aside;
    private transient List<RowData> rows;

    Deliveries(Registry registry, String planned, String receiversFile, TypeInformation<RowData> produced) {
        this.registry = registry;
        this.planned = planned;
        this.receiversFile = receiversFile;
        this.produced = produced;
    }

    @Override
    public void open(InitializationContext context) throws IOException {
        plan = new Plan(planned, registry);
        receivers = new Receivers(receiversFile);
        fields = new Fields(registry);
        aside = new Aside(context);
        rows = new ArrayList<>();
    }

    @Override
    public void deserialize(byte[] message, Collector<RowData> out) throws IOException {
        if (message == null) {
            return; // a tombstone of the shared stream: what it ends was taken back by a record before
        }
        rows.clear();
        try {
            deliver(message);
        } catch (Undecodable why) {
            aside.put(message, why);
            return;
        }
        rows.forEach(out::collect); // only now: all that comes of a message, or nothing
    }

    private void deliver(byte[] message) throws IOException {
        Plan.Type type = plan.type(fields.name(message));
        Set<String> receiving = receivers.of(type.name());
        if (receiving.isEmpty()) {
            return;
        }
        fields.cut(message, type.target());
        if (fields.text("kind").equals(NEVER)) {
            return;
        }
        Set<String> mayHave = new TreeSet<>(fields.texts("visible_to"));
        Set<String> mayNot = new TreeSet<>(fields.texts("prior_visible_to"));
        if (fields.flag("retracted")) {
            mayNot.addAll(mayHave);
            mayHave.clear();
        }
        mayNot.removeAll(mayHave);
        deliver(type, only(mayHave, receiving, type), only(mayNot, receiving, type));
    }

    private void deliver(Plan.Type type, List<String> recipients, List<String> withdrawnFrom) throws Undecodable {
        if (recipients.isEmpty() && withdrawnFrom.isEmpty()) {
            return;
        }
        String key = fields.text(type.key());
        byte[] body = recipients.isEmpty() ? null : fields.as(type.target());
        recipients.forEach(district -> rows.add(row(type.topic(district), key, body)));
        withdrawnFrom.forEach(district -> rows.add(row(type.topic(district), key, null)));
        rows.add(receipt(type, key, recipients, withdrawnFrom));
    }

    private RowData receipt(Plan.Type type, String key, List<String> recipients, List<String> withdrawnFrom)
            throws Undecodable {
        long version = type.version(fields);
        String id = type.name() + "|" + key + "|" + version;
        Map<String, Object> values = new HashMap<>();
        values.put("receipt_id", id);
        values.put("record_type", type.name());
        values.put("record_id", key);
        values.put("version", version);
        values.put("recipients", recipients);
        values.put("withdrawn_from", withdrawnFrom);
        values.put("delivered_at", System.currentTimeMillis());
        return row(plan.receiptTopic, id, plan.receipt.of(values));
    }

    /** Those that receive the type; an owner has its own record. */
    private List<String> only(Set<String> districts, Set<String> receiving, Plan.Type type) throws Undecodable {
        String owner = type.owned() ? fields.text("district") : "";
        List<String> left = new ArrayList<>(districts);
        left.removeIf(district -> !receiving.contains(district) || district.equals(owner));
        return left;
    }

    private static RowData row(String topic, String key, byte[] body) {
        return GenericRowData.of(StringData.fromString(topic), key.getBytes(StandardCharsets.UTF_8), body);
    }

    @Override
    public RowData deserialize(byte[] message) throws IOException {
        throw new IOException("one message is delivered to many: Flink must ask with a collector");
    }

    @Override
    public boolean isEndOfStream(RowData row) {
        return false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return produced;
    }
}
