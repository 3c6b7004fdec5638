package crossbeat.feeds;

import org.apache.flink.table.data.RowData;

/**
 * One row of the input: a record that the gate let through, one that it refused, or a camera of which it counted vehicle
 * reads and kept none. Times are milliseconds UTC.
 *
 * @param camera the camera that told it; empty for other record types
 * @param record id of the record; of a refused one that could not be read so far, the id of its rejection; of reads, a
 *     name of their count
 * @param recordedAt when the district's system wrote it; of a refused one, when the gate refused it, unless it was
 *     refused for being written after that
 * @param gatedAt when the gate let it through, refused it, or told its count
 * @param heardAt when the district is taken to have told it, see {@link #of}
 * @param lat latitude in degrees; NaN for a refused one
 * @param lon longitude in degrees; NaN for a refused one
 * @param reason why it was refused; null if it was not
 * @param fault the field that was at fault; null if none was, or if it was not refused
 * @param number offset of a refused one in its topic; of reads how many, told once for all cameras; 0 for others
 */
record Word(
        String recipient,
        String recordType,
        String camera,
        String record,
        long recordedAt,
        long gatedAt,
        long heardAt,
        double lat,
        double lon,
        String reason,
        String fault,
        long number) {

    /** In the names of counts that the query makes. */
    static final String COUNT = ":read_count-";
    /** Before a record may be written, by a clock that is a day wrong, it cannot have arrived. */
    private static final long SOONEST_MS = -Rhythm.DAY_MS;

    /**
     * Reads a row.
     *
     * <p>Of a live feed it counts when a record arrived, for one that sends a day's records each night is silent by day. In
     * a replay of history all arrives at once, and what tells the rhythm is when the records were written. So a record
     * that was written longer than {@code liveMs} before it came is taken to be history.
     */
    static Word of(RowData row, long liveMs) {
        long gated = row.getTimestamp(5, 3).getMillisecond();
        // Where the row says by itself how long it took, the other time is none of its writing.
        long recorded = row.isNullAt(11) ? row.getTimestamp(4, 3).getMillisecond() : gated - 1000 * row.getLong(11);
        long delay = gated - recorded;
        return new Word(
                text(row, 0),
                text(row, 1),
                text(row, 2),
                text(row, 3),
                recorded,
                gated,
                delay >= SOONEST_MS && delay <= liveMs ? gated : recorded,
                row.isNullAt(6) ? Double.NaN : row.getDouble(6),
                row.isNullAt(7) ? Double.NaN : row.getDouble(7),
                text(row, 8),
                text(row, 9),
                row.isNullAt(10) ? 0 : row.getLong(10));
    }

    /** Whether it stands for reads that were counted, and for no record. */
    boolean counted() {
        return reason == null && record.contains(COUNT);
    }

    /** Whether the moment of its arrival says something about the clock of its sender. */
    boolean live() {
        return heardAt == gatedAt;
    }

    /** How long after it was written it arrived, in milliseconds; less than zero if a clock is wrong. */
    long delay() {
        return gatedAt - recordedAt;
    }

    private static String text(RowData row, int at) {
        return row.isNullAt(at) ? null : row.getString(at).toString();
    }
}
