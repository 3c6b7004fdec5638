package crossbeat.avro;

import java.io.IOException;
import java.io.InputStream;
import java.io.Serializable;
import java.net.HttpURLConnection;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.core.JsonProcessingException;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.JsonNode;
import org.apache.flink.shaded.jackson2.com.fasterxml.jackson.databind.ObjectMapper;

/** The schema registry by its Confluent API: a schema by its id, an id by its schema. Nothing is ever registered. */
public final class Registry implements Serializable {
    private static final long serialVersionUID = 1L;
    private static final int TIMEOUT_MS = 10_000;
    private static final int TRIES = 5;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String url;
    private final String userInfo;

    /**
     * @param url base address of the API
     * @param userInfo {@code user:password}, or null
     */
    public Registry(String url, String userInfo) {
        this.url = url.replaceAll("/+$", "");
        this.userInfo = userInfo;
    }

    /**
     * The record schema with an id.
     *
     * @throws Undecodable if there is none, or it is of no record: the fault of who wrote it
     * @throws IOException if the registry does not answer, or has lost all that it had: nobody's message is at fault
     */
    JsonNode schema(int id) throws IOException {
        if (id < 0) {
            throw new Undecodable("its schema has the id " + id + ", which no registry gives");
        }
        JsonNode answer;
        try {
            answer = ask("/schemas/ids/" + id, null);
        } catch (Refused unknown) {
            if (ask("/subjects", null).isEmpty()) {
                throw new IOException("the schema registry at " + url + " has no schemas at all: register the contracts", unknown);
            }
            throw new Undecodable("the registry has no schema " + id);
        }
        try {
            JsonNode schema = JSON.readTree(answer.path("schema").asText());
            if (schema.path("fields").isArray() && schema.has("name")) {
                return schema;
            }
        } catch (JsonProcessingException error) {
            // Told below: a schema, but not in Avro.
        }
        throw new Undecodable("schema " + id + " is of no record");
    }

    /** The id under which a subject has exactly this schema; fails if it does not. */
    int id(String subject, String schema) throws IOException {
        String path = "/subjects/" + URLEncoder.encode(subject, StandardCharsets.UTF_8);
        byte[] body = JSON.writeValueAsBytes(Map.of("schema", schema, "schemaType", "AVRO"));
        return ask(path, body).get("id").asInt();
    }

    private JsonNode ask(String path, byte[] body) throws IOException {
        for (int left = TRIES; ; left--) {
            try {
                return once(path, body);
            } catch (Refused refused) {
                throw refused;
            } catch (IOException error) {
                if (left == 1) {
                    throw new IOException("the schema registry at " + url + " does not answer " + path, error);
                }
            }
            try {
                Thread.sleep(500);
            } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
                throw new IOException("interrupted while waiting for the schema registry", interrupted);
            }
        }
    }

    private JsonNode once(String path, byte[] body) throws IOException {
        HttpURLConnection connection = (HttpURLConnection) URI.create(url + path).toURL().openConnection();
        connection.setConnectTimeout(TIMEOUT_MS);
        connection.setReadTimeout(TIMEOUT_MS);
        if (userInfo != null) {
            String token = Base64.getEncoder().encodeToString(userInfo.getBytes(StandardCharsets.UTF_8));
            connection.setRequestProperty("Authorization", "Basic " + token);
        }
        if (body != null) {
            connection.setDoOutput(true);
            connection.setRequestProperty("Content-Type", "application/vnd.schemaregistry.v1+json");
            connection.getOutputStream().write(body);
        }
        int status = connection.getResponseCode();
        if (status == 404) {
            throw new Refused("the schema registry does not know " + path + ": register the contracts first");
        }
        if (status != 200) {
            throw new IOException("the schema registry answered " + status + " to " + path);
        }
        try (InputStream answer = connection.getInputStream()) {
            return JSON.readTree(answer);
        }
    }

    /** An answer that asking again does not change. */
    private static final class Refused extends IOException {
        private static final long serialVersionUID = 1L;

        Refused(String message) {
            super(message);
        }
    }
}
