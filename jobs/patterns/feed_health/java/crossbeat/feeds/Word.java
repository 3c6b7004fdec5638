package crossbeat.feeds;

import crossbeat.row.Text;
import org.apache.flink.table.data.RowData;

/**
 * One row of the input: a record that the gate let through, one that it refused, or a camera of which it counted vehicle
 * reads and kept none. Times are milliseconds UTC. It lives as long as its row: what only few need is read when it is asked for.
 */
final class Word {
    /** In the names of counts that the query makes. */
    static final String COUNT = ":read_count-";
    /** Before a record may be written, by a clock that is a day wrong, it cannot have arrived. */
    private static final long SOONEST_MS = -Rhythm.DAY_MS;

    /** Places of the fields in a row. */
    static final int RECIPIENT = 0;
    static final int RECORD_TYPE = 1;
    static final int CAMERA = 2;
    static final int RECORD = 3;
    static final int HAPPENED_AT = 4;
    static final int GATED_AT = 5;
    static final int LAT = 6;
    static final int LON = 7;
    private static final int REASON = 8;
    private static final int FAULT = 9;
    static final int NUMBER = 10;
    static final int TOOK_S = 11;
    static final int FIELDS = 12;

    private final RowData row;
    private final String camera;
    private final String record;
    private final long recordedAt;
    private final long gatedAt;
    private final long heardAt;

    private Word(RowData row, long liveMs) {
        this.row = row;
        camera = Text.at(row, CAMERA);
        record = Text.at(row, RECORD);
        gatedAt = row.getTimestamp(GATED_AT, 3).getMillisecond();
        // Where the row says by itself how long it took, the other time is none of its writing.
        recordedAt = row.isNullAt(TOOK_S) ? row.getTimestamp(HAPPENED_AT, 3).getMillisecond() : gatedAt - 1000 * row.getLong(TOOK_S);
        heardAt = delay() >= SOONEST_MS && delay() <= liveMs ? gatedAt : recordedAt;
    }

    /**
     * Reads a row; null for one of the clock, which is nobody's word.
     *
     * <p>Of a live feed it counts when a record arrived, for one that sends a day's records each night is silent by day. In
     * a replay of history all arrives at once, and what tells the rhythm is when the records were written. So a record
     * that was written longer than {@code liveMs} before it came is taken to be history.
     */
    static Word of(RowData row, long liveMs) {
        return row.getString(RECIPIENT).toBytes().length == 0 ? null : new Word(row, liveMs);
    }

    /** The district. */
    String recipient() {
        return Text.at(row, RECIPIENT);
    }

    String recordType() {
        return Text.at(row, RECORD_TYPE);
    }

    /** The camera that told it; empty for other record types. */
    String camera() {
        return camera;
    }

    /** Id of the record; of a refused one that could not be read so far, the id of its rejection; of reads, a name of their count. */
    String record() {
        return record;
    }

    /** When the district's system wrote it; of a refused one, when the gate refused it, unless it was refused for being written after that. */
    long recordedAt() {
        return recordedAt;
    }

    /** When the gate let it through, refused it, or told its count. */
    long gatedAt() {
        return gatedAt;
    }

    /** When the district is taken to have told it, see {@link #of}. */
    long heardAt() {
        return heardAt;
    }

    /** Latitude in degrees; NaN for a refused one. */
    double lat() {
        return row.isNullAt(LAT) ? Double.NaN : row.getDouble(LAT);
    }

    /** Longitude in degrees; NaN for a refused one. */
    double lon() {
        return row.isNullAt(LON) ? Double.NaN : row.getDouble(LON);
    }

    boolean refused() {
        return !row.isNullAt(REASON);
    }

    /** Why it was refused; null if it was not. */
    String reason() {
        return Text.at(row, REASON);
    }

    /** The field that was at fault; null if none was, or if it was not refused. */
    String fault() {
        return Text.at(row, FAULT);
    }

    /** Offset of a refused one in its topic; of reads how many, told once for all cameras; 0 for others. */
    long number() {
        return row.isNullAt(NUMBER) ? 0 : row.getLong(NUMBER);
    }

    /** Whether it stands for reads that were counted, and for no record. */
    boolean counted() {
        return !refused() && record.contains(COUNT);
    }

    /** Whether the moment of its arrival says something about the clock of its sender. */
    boolean live() {
        return heardAt == gatedAt;
    }

    /** How long after it was written it arrived, in milliseconds; less than zero if a clock is wrong. */
    long delay() {
        return gatedAt - recordedAt;
    }
}
