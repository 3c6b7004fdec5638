package crossbeat.avro;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.flink.kafka.shaded.org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.flink.kafka.shaded.org.apache.kafka.common.TopicPartition;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.logical.ArrayType;
import org.apache.flink.table.types.logical.DoubleType;
import org.apache.flink.table.types.logical.LogicalType;
import org.apache.flink.table.types.logical.RowType;
import org.apache.flink.table.types.logical.VarCharType;

/**
 * Decodes messages, each a line in hexadecimal, with the registry of a folder: prints record, reader and latitude of each,
 * {@code -} and its place for none; at last how many were set aside.
 */
public final class DecoderCheck {
    public static void main(String[] arguments) throws Exception {
        StubRegistry stub = new StubRegistry(Path.of(arguments[0]));
        VarCharType text = new VarCharType(false, VarCharType.MAX_LENGTH);
        RowType type = RowType.of(
                new LogicalType[] {text, new ArrayType(false, text), new DoubleType(false)},
                new String[] {"record_id", "visible_to", "lat"});
        Decoder decoder = new Decoder(stub.registry(), type, null);
        decoder.open(stub);
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        Places places = new Places();
        places.configure(Map.of());
        long offset = 40;
        try {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                byte[] message = HexFormat.of().parseHex(line);
                ConsumerRecords<byte[], byte[]> polled = polled(message, ++offset);
                places.onConsume(polled);
                RowData row = decoder.deserialize(message);
                System.out.println(
                        row == null
                                ? "- " + Places.of(message)
                                : row.getString(0) + " " + row.getArray(1).getString(0) + " " + row.getDouble(2));
            }
            System.out.println("undecodable " + stub.undecodable());
            places.close();
            System.out.println(Places.of(new byte[0]));
        } catch (IOException fault) {
            System.out.println("fault " + fault.getClass().getSimpleName() + " " + fault.getMessage());
        } finally {
            stub.stop();
        }
    }

    private static ConsumerRecords<byte[], byte[]> polled(byte[] message, long offset) {
        TopicPartition place = new TopicPartition("shared.incident.v1", 3);
        byte[] same = message.clone(); // of two that are alike, each has its own place
        return new ConsumerRecords<>(
                Map.of(
                        place,
                        List.of(
                                new ConsumerRecord<>(place.topic(), 3, offset + 1000, new byte[0], same),
                                new ConsumerRecord<>(place.topic(), 3, offset, new byte[0], message))),
                Map.of());
    }
}
