package crossbeat.router;

import crossbeat.avro.StubRegistry;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HexFormat;
import org.apache.flink.table.data.RowData;
import org.apache.flink.util.Collector;

/**
 * Delivers messages, each a line in hexadecimal, with registry, {@code plan.json} and {@code receivers.json} of a folder:
 * prints the topics and the bodies of each on a line, and at last how many were set aside.
 */
public final class DeliveriesCheck {
    public static void main(String[] arguments) throws Exception {
        Path folder = Path.of(arguments[0]);
        StubRegistry stub = new StubRegistry(folder);
        String receivers = folder.resolve("receivers.json").toString();
        Deliveries deliveries =
                new Deliveries(stub.registry(), Files.readString(folder.resolve("plan.json")), receivers, null);
        deliveries.open(stub);
        HexFormat hex = HexFormat.of();
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            deliveries.deserialize(hex.parseHex(line), new Collector<>() {
                @Override
                public void collect(RowData row) {
                    System.out.print(row.getString(0) + "=" + (row.isNullAt(2) ? "" : hex.formatHex(row.getBinary(2))) + " ");
                }

                @Override
                public void close() {
                    // Nothing is open.
                }
            });
            System.out.println();
        }
        System.out.println("undecodable " + stub.undecodable());
        stub.stop();
    }
}
