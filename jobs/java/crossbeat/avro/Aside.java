package crossbeat.avro;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What could not be decoded, set aside so that the rest flows: counted in the metric {@code undecodable} of its source, and
 * logged by where it stands and why. Its bytes stay in the topic, and nothing of them is told.
 */
public final class Aside {
    private static final Logger LOG = LoggerFactory.getLogger(Aside.class);

    private final Counter counter;

    /** @param context of the decoder that sets aside */
    public Aside(DeserializationSchema.InitializationContext context) {
        counter = context.getMetricGroup().counter("undecodable");
    }

    /** Sets one message aside. */
    public void put(byte[] message, Undecodable why) {
        counter.inc();
        LOG.warn("a message cannot be decoded and is set aside: {}: {}", Places.of(message), why.getMessage());
    }
}
