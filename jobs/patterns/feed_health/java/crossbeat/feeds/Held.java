package crossbeat.feeds;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import org.apache.flink.table.data.GenericRowData;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.data.StringData;
import org.apache.flink.table.data.TimestampData;

/**
 * Words of cameras that wait until time has passed them. Their records and the counts of their reads come in two topics,
 * each read at its own pace: taken as they arrive, one topic's words would be old news wherever the other ran ahead, and
 * what is learnt of a camera would hang on who was read first. So they are kept by stretches of their time, and taken in
 * its order.
 */
final class Held {
    private static final long STRETCH_MS = 10_000;
    /** Stands for a number that is not there. */
    private static final long NONE = Long.MIN_VALUE;
    private static final int NUMBERS = 4 * Long.BYTES + 2 * Double.BYTES;
    /** By when they were written; the rest only has to be the same each time. */
    private static final Comparator<Word> ORDER = Comparator.comparingLong(Word::recordedAt)
            .thenComparingLong(Word::gatedAt)
            .thenComparing(Word::record)
            .thenComparing(Word::camera);

    private Held() {}

    /** The end of the stretch that holds a moment: its words are taken when time has come so far. */
    static long end(long at) {
        return Math.floorDiv(at, STRETCH_MS) * STRETCH_MS + STRETCH_MS - 1;
    }

    /** What is held of a stretch, with one row more; {@code held} is null if none was. */
    static byte[] with(byte[] held, RowData row) {
        byte[] camera = row.getString(Word.CAMERA).toBytes();
        byte[] record = row.getString(Word.RECORD).toBytes();
        int before = held == null ? 0 : held.length;
        int more = 2 * Short.BYTES + camera.length + record.length + NUMBERS;
        byte[] all = held == null ? new byte[more] : Arrays.copyOf(held, before + more);
        ByteBuffer.wrap(all, before, more)
                .putShort((short) camera.length)
                .put(camera)
                .putShort((short) record.length)
                .put(record)
                .putLong(row.getTimestamp(Word.HAPPENED_AT, 3).getMillisecond())
                .putLong(row.getTimestamp(Word.GATED_AT, 3).getMillisecond())
                .putLong(row.isNullAt(Word.NUMBER) ? NONE : row.getLong(Word.NUMBER))
                .putLong(row.isNullAt(Word.TOOK_S) ? NONE : row.getLong(Word.TOOK_S))
                .putDouble(row.isNullAt(Word.LAT) ? Double.NaN : row.getDouble(Word.LAT))
                .putDouble(row.isNullAt(Word.LON) ? Double.NaN : row.getDouble(Word.LON));
        return all;
    }

    /** The words of a stretch, in the order of their time. */
    static List<Word> words(byte[] held, Due due, long liveMs) {
        List<Word> words = new ArrayList<>();
        for (ByteBuffer in = ByteBuffer.wrap(held); in.hasRemaining(); ) {
            GenericRowData row = new GenericRowData(Word.FIELDS);
            row.setField(Word.RECIPIENT, StringData.fromString(due.recipient()));
            row.setField(Word.RECORD_TYPE, StringData.fromString(due.recordType()));
            row.setField(Word.CAMERA, text(in));
            row.setField(Word.RECORD, text(in));
            row.setField(Word.HAPPENED_AT, TimestampData.fromEpochMillis(in.getLong()));
            row.setField(Word.GATED_AT, TimestampData.fromEpochMillis(in.getLong()));
            row.setField(Word.NUMBER, number(in));
            row.setField(Word.TOOK_S, number(in));
            row.setField(Word.LAT, in.getDouble());
            row.setField(Word.LON, in.getDouble());
            words.add(Word.of(row, liveMs));
        }
        words.sort(ORDER);
        return words;
    }

    private static StringData text(ByteBuffer in) {
        byte[] text = new byte[in.getShort()];
        in.get(text);
        return StringData.fromBytes(text);
    }

    private static Long number(ByteBuffer in) {
        long number = in.getLong();
        return number == NONE ? null : number;
    }
}
