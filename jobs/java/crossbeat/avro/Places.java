package crossbeat.avro;

import java.lang.ref.WeakReference;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerInterceptor;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.TopicPartition;

/**
 * Where a message stands. Flink hands a format the bytes alone, so this looks on as a source's consumer polls, and looks
 * for the bytes when somebody asks: a poll costs one reference, a message nothing. Named in {@code jobs/tables.py}.
 */
public final class Places implements ConsumerInterceptor<byte[], byte[]> {
    /** More than a source holds at a time: what is read, two that wait, one that is being polled. */
    private static final int KEPT = 16;
    private static final Set<Places> CONSUMERS = ConcurrentHashMap.newKeySet();

    private final Deque<WeakReference<ConsumerRecords<byte[], byte[]>>> polled = new ArrayDeque<>();

    @Override
    public void configure(Map<String, ?> configuration) {
        CONSUMERS.add(this);
    }

    @Override
    public ConsumerRecords<byte[], byte[]> onConsume(ConsumerRecords<byte[], byte[]> records) {
        synchronized (polled) {
            polled.addLast(new WeakReference<>(records)); // Flink holds them for as long as it reads them
            if (polled.size() > KEPT) {
                polled.removeFirst();
            }
        }
        return records;
    }

    /** Topic, partition and offset of a message that is being read, joined by colons: this very array, not its like. */
    static String of(byte[] message) {
        for (Places consumer : CONSUMERS) {
            for (ConsumerRecords<byte[], byte[]> records : consumer.held()) {
                for (ConsumerRecord<byte[], byte[]> record : records) {
                    if (record.value() == message) {
                        return record.topic() + ":" + record.partition() + ":" + record.offset();
                    }
                }
            }
        }
        return "at a place that its source does not tell";
    }

    private List<ConsumerRecords<byte[], byte[]>> held() {
        synchronized (polled) {
            return polled.stream().map(WeakReference::get).filter(records -> records != null).toList();
        }
    }

    @Override
    public void onCommit(Map<TopicPartition, OffsetAndMetadata> offsets) {
        // Where messages stand does not change by it.
    }

    @Override
    public void close() {
        CONSUMERS.remove(this);
    }
}
