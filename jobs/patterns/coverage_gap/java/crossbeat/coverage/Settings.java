package crossbeat.coverage;

import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.ZoneId;
import java.util.Arrays;
import java.util.List;

/** The pattern's settings, as the query hands them over in one text ({@code bytes}: in UTF-8). Times are milliseconds. */
record Settings(
        String text,
        double missed,
        long reportMs,
        long aliveMs,
        long silentMs,
        long settleMs,
        long keepMs,
        long demandMs,
        double busy,
        double demandWeight,
        double nearM,
        long standsMs,
        ZoneId zone,
        List<Rule> rules,
        byte[] bytes,
        Hours hours) {
    private static final double MINUTE_MS = 60_000;
    private static final long QUARTER_MS = 900_000;
    static final double HOUR_MS = 60 * MINUTE_MS;
    private static final double DAY_MS = 24 * HOUR_MS;

    /**
     * Of "missed report_minutes alive_minutes silent_minutes settle_minutes keep_hours demand_days busy demand_weight near_m
     * stands_hours|zone|rules, each a line".
     */
    static Settings of(String text) {
        String[] part = text.split("\\|", 3);
        double[] number = Arrays.stream(part[0].trim().split("\\s+")).mapToDouble(Double::parseDouble).toArray();
        List<Rule> rules = part[2].lines().filter(line -> !line.isBlank()).map(Rule::of).toList();
        return new Settings(
                text,
                number[0],
                (long) (number[1] * MINUTE_MS),
                (long) (number[2] * MINUTE_MS),
                (long) (number[3] * MINUTE_MS),
                (long) (number[4] * MINUTE_MS),
                (long) (number[5] * HOUR_MS),
                (long) (number[6] * DAY_MS),
                number[7],
                number[8],
                number[9],
                (long) (number[10] * HOUR_MS),
                zone(part[1].trim()),
                rules,
                text.getBytes(StandardCharsets.UTF_8),
                new Hours());
    }

    private static ZoneId zone(String name) {
        try {
            return ZoneId.of(name);
        } catch (DateTimeException cause) {
            throw new IllegalArgumentException(
                    "coverage_gap.zone: '" + name + "' is no zone: write one like Europe/Berlin or -05:00", cause);
        }
    }

    /** The hour of the day, 0 to 23, at which the rules hold. */
    int hour(long at) {
        long quarter = Math.floorDiv(at, QUARTER_MS);
        if (quarter != hours.quarter) {
            hours.hour = Instant.ofEpochMilli(at).atZone(zone).getHour();
            hours.quarter = quarter;
        }
        return hours.hour;
    }

    /** The last hour that was asked for: no zone's hours begin within a quarter of one. Not for two threads at once. */
    static final class Hours {
        private long quarter = Long.MIN_VALUE;
        private int hour;
    }

    /** The shortest time without a visit, of any rule, after which something may be due. */
    long shortestMs() {
        return rules.stream().mapToLong(rule -> allowed(rule, 1)).min().orElse(Long.MAX_VALUE / 4);
    }

    /** The longest time without a visit; {@code demand}, from 0 to 1, shortens it. */
    long allowed(Rule rule, double demand) {
        return (long) (missed * HOUR_MS / rule.visitsAnHour() * (1 - demandWeight * demand));
    }
}
