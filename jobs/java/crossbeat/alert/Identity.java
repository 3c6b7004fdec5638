package crossbeat.alert;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Collection;
import java.util.HexFormat;
import java.util.stream.Collectors;

/**
 * What makes two alerts of one recipient the same, and the identifiers that follow from it. Nothing of it depends on the
 * order of arrival, so a replay or a crash gives the same identifiers.
 */
public final class Identity {
    static final double CELL_DEGREES = 0.0072;

    private Identity() {}

    /**
     * The identity of what lies in one cell and one stretch of time: pattern, category, and the cell and the stretch in
     * which a place (degrees) and a moment lie; {@code at} and {@code window} are in milliseconds.
     *
     * <p>Cells are about 800 m high and wide (some 0.64 km², near to an H3 cell of resolution 8), by arithmetic alone: the
     * cosine is rounded to three digits, so that every language puts a point into the same cell.
     */
    public static String of(String pattern, String category, double lat, double lon, long at, long window) {
        long row = (long) Math.floor(lat / CELL_DEGREES);
        double cosine = Math.cos(Math.toRadians((row + 0.5) * CELL_DEGREES));
        double width = CELL_DEGREES / Math.max(0.001, Math.floor(cosine * 1000 + 0.5) / 1000);
        long column = (long) Math.floor(lon / width);
        long bucket = Math.floorDiv(at, window);
        return hashed(pattern + "|" + category + "|" + row + "|" + column + "|" + bucket);
    }

    /** The identifier of the n-th alert, counted from 1, that a recipient has of an identity. */
    public static String identifier(String pattern, String identity, String recipient, int n) {
        return pattern + ":" + hashed(identity + "|" + recipient + "|" + n);
    }

    /** A digest of several texts, whatever their order and however often each is there. */
    public static String digest(Collection<String> texts) {
        return hashed(texts.stream().distinct().sorted().collect(Collectors.joining("\n")));
    }

    /** The first eight bytes of a text's SHA-256, as 16 hexadecimal digits. */
    public static String hashed(String text) {
        try {
            byte[] digest = MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, 8);
        } catch (NoSuchAlgorithmException cause) {
            throw new IllegalStateException("every Java has SHA-256", cause);
        }
    }
}
