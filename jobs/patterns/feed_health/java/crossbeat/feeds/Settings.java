package crossbeat.feeds;

/**
 * The settings of the pattern, as one text that the query makes: a timer is named by it, for no constant of the query
 * reaches a timer otherwise.
 *
 * @param text what it was read from
 * @param improbable how improbable a silence must be
 * @param feedMs the shortest silence of a feed that is told of
 * @param cameraMs the same of a camera
 * @param words the least number of silences that a rhythm is learnt from
 * @param learnMs the least time that it is learnt in
 * @param liveMs the longest time from writing to arrival of a record that is no history
 * @param aheadMs by how much a clock must run ahead
 * @param behindMs by how much longer than usual records must take
 * @param refused the least number of refused records within an hour
 * @param standsMs how long an alert stands if nothing ends it
 */
record Settings(
        String text,
        double improbable,
        long feedMs,
        long cameraMs,
        int words,
        long learnMs,
        long liveMs,
        long aheadMs,
        long behindMs,
        int refused,
        long standsMs) {

    static Settings of(String text) {
        String[] part = text.trim().split("\\s+");
        return new Settings(
                text,
                Double.parseDouble(part[0]),
                milliseconds(part[1], Rhythm.HOUR_MS),
                milliseconds(part[2], Rhythm.HOUR_MS),
                Integer.parseInt(part[3]),
                milliseconds(part[4], Rhythm.HOUR_MS),
                milliseconds(part[5], Rhythm.HOUR_MS),
                milliseconds(part[6], 1000),
                milliseconds(part[7], 1000),
                Integer.parseInt(part[8]),
                milliseconds(part[9], Rhythm.DAY_MS));
    }

    /**
     * How many standard deviations of a normal distribution are as improbable: the approximation 26.2.23 of Abramowitz and
     * Stegun, good to 0.0005.
     */
    double deviation() {
        double t = Math.sqrt(-2 * Math.log(improbable));
        double above = 2.515517 + t * (0.802853 + t * 0.010328);
        return t - above / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
    }

    private static long milliseconds(String number, long unit) {
        return Math.round(Double.parseDouble(number) * unit);
    }
}
