package crossbeat.avro;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.metrics.Counter;
import org.apache.flink.metrics.MetricGroup;
import org.apache.flink.metrics.SimpleCounter;
import org.apache.flink.metrics.groups.UnregisteredMetricsGroup;
import org.apache.flink.util.SimpleUserCodeClassLoader;
import org.apache.flink.util.UserCodeClassLoader;

/** A registry with the schemas of a folder, {@code <id>.json} each, and the context of a decoder that asks it. */
public final class StubRegistry implements DeserializationSchema.InitializationContext {
    private final HttpServer server;
    private final Counter undecodable = new SimpleCounter();

    public StubRegistry(Path folder) throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.createContext("/", exchange -> {
            String path = exchange.getRequestURI().getPath();
            byte[] body = {};
            int status = 200;
            if (exchange.getRequestMethod().equals("POST")) {
                body = "{\"id\": 1}".getBytes(StandardCharsets.UTF_8); // whatever is looked up is there
            } else if (path.equals("/subjects")) {
                body = Files.readAllBytes(folder.resolve("subjects.json"));
            } else {
                Path file = folder.resolve(path.substring(path.lastIndexOf('/') + 1) + ".json");
                status = Files.exists(file) ? 200 : 404;
                body = status == 200 ? Files.readAllBytes(file) : body;
            }
            exchange.sendResponseHeaders(status, body.length == 0 ? -1 : body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    public Registry registry() {
        return new Registry("http://127.0.0.1:" + server.getAddress().getPort(), null);
    }

    /** How many messages were set aside. */
    public long undecodable() {
        return undecodable.getCount();
    }

    public void stop() {
        server.stop(0);
    }

    @Override
    public MetricGroup getMetricGroup() {
        return new UnregisteredMetricsGroup() {
            @Override
            public Counter counter(String name) {
                return name.equals("undecodable") ? undecodable : super.counter(name);
            }
        };
    }

    @Override
    public UserCodeClassLoader getUserCodeClassLoader() {
        return SimpleUserCodeClassLoader.create(getClass().getClassLoader());
    }
}
