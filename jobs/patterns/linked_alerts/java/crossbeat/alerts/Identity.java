package crossbeat.alerts;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * What makes two alerts of one recipient the same: pattern, category, and the cell and the stretch of time in which the earliest incident
 * lies. Nothing of it depends on the order of arrival, so a replay or a crash gives the same identifiers.
 *
 * <p>Cells are about 800 m high and wide (some 0.64 km², near to an H3 cell of resolution 8), by arithmetic alone: the
 * cosine is rounded to three digits, so that every language puts a point into the same cell.
 */
final class Identity {
    static final double CELL_DEGREES = 0.0072;

    private Identity() {}

    /** The identity that an earliest incident belongs to; {@code window} is in milliseconds. */
    static String of(String pattern, String category, Incident earliest, long window) {
        long row = (long) Math.floor(earliest.lat() / CELL_DEGREES);
        double cosine = Math.cos(Math.toRadians((row + 0.5) * CELL_DEGREES));
        double width = CELL_DEGREES / Math.max(0.001, Math.floor(cosine * 1000 + 0.5) / 1000);
        long column = (long) Math.floor(earliest.lon() / width);
        long bucket = Math.floorDiv(earliest.at(), window);
        String text = pattern + "|" + category + "|" + row + "|" + column + "|" + bucket;
        return hashed(text);
    }

    /** The identifier of the n-th alert, counted from 1, that a recipient has of an identity. */
    static String identifier(String pattern, String identity, String recipient, int n) {
        return pattern + ":" + hashed(identity + "|" + recipient + "|" + n);
    }

    private static String hashed(String text) {
        return HexFormat.of().formatHex(digest(text), 0, 8);
    }

    private static byte[] digest(String text) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException cause) {
            throw new IllegalStateException("every Java has SHA-256", cause);
        }
    }
}
