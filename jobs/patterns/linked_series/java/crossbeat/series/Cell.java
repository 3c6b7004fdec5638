package crossbeat.series;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/**
 * The incidents of one cell of ground, packed in one array and never changed in place: time, latitude, longitude, length
 * of the id, the id. Most are too far or too long ago for a newcomer, and are passed over without reading their id.
 */
final class Cell {
    private static final int FIXED = 26;
    private static final byte[] EMPTY = {};

    private Cell() {}

    static byte[] with(byte[] cell, Node node) {
        byte[] before = cell == null ? EMPTY : cell;
        byte[] id = node.id.getBytes(StandardCharsets.UTF_8);
        return ByteBuffer.allocate(before.length + FIXED + id.length)
                .put(before)
                .putLong(node.at)
                .putDouble(node.deed.lat())
                .putDouble(node.deed.lon())
                .putShort((short) id.length)
                .put(id)
                .array();
    }

    /** A copy without one incident; null if it was the last. */
    static byte[] without(byte[] cell, String id) {
        byte[] name = id.getBytes(StandardCharsets.UTF_8);
        ByteBuffer from = ByteBuffer.wrap(cell);
        for (int at = 0; at < cell.length; at = next(from, at)) {
            int next = next(from, at);
            if (Arrays.equals(cell, at + FIXED, next, name, 0, name.length)) {
                return cell.length == next - at
                        ? null
                        : ByteBuffer.allocate(cell.length - (next - at))
                                .put(cell, 0, at)
                                .put(cell, next, cell.length - next)
                                .array();
            }
        }
        return cell;
    }

    /** Adds the ids of those in a box around an incident, of so many milliseconds and degrees of latitude, itself too. */
    static void near(byte[] cell, Node node, long reachMs, double reachDegrees, List<String> found) {
        double wide = reachDegrees / Math.cos(Math.toRadians(Math.min(89.9, Math.abs(node.deed.lat()) + reachDegrees)));
        ByteBuffer from = ByteBuffer.wrap(cell);
        for (int at = 0; at < cell.length; at = next(from, at)) {
            double lon = Math.abs(from.getDouble(at + 16) - node.deed.lon());
            if (Math.abs(from.getLong(at) - node.at) <= reachMs
                    && Math.abs(from.getDouble(at + 8) - node.deed.lat()) <= reachDegrees
                    && Math.min(lon, 360 - lon) <= wide) {
                found.add(new String(cell, at + FIXED, from.getShort(at + 24), StandardCharsets.UTF_8));
            }
        }
    }

    private static int next(ByteBuffer cell, int at) {
        return at + FIXED + cell.getShort(at + 24);
    }
}
