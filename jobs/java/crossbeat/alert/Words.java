package crossbeat.alert;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Collectors;

/** Figures, times and lists in plain words, the same in every pattern. */
public final class Words {
    private static final DateTimeFormatter MINUTE =
            DateTimeFormatter.ofPattern("d MMM yyyy HH:mm 'UTC'", Locale.ROOT).withZone(ZoneOffset.UTC);
    /** The categories of incidents that are spoken of in the plural; of the others there are "3 incidents of …". */
    private static final Set<String> COUNTABLE = Set.of(
            "assault", "burglary", "homicide", "kidnapping", "larceny", "motor_vehicle_theft", "robbery", "sex_offence");
    private static final long HOUR_MS = 3_600_000;

    private Words() {}

    /** A code as words: {@code motor_vehicle_theft} is "motor vehicle theft". */
    public static String plain(String code) {
        return code.replace('_', ' ');
    }

    /** A count of incidents of one category: "3 burglaries", "1 robbery", "3 incidents of arson". */
    public static String incidents(int count, String category) {
        return COUNTABLE.contains(category)
                ? number(count, plain(category))
                : number(count, "incident") + " of " + plain(category);
    }

    /** A count of a thing: "1 report", "3 reports", "2 burglaries", "2 days". */
    public static String number(long count, String noun) {
        if (count == 1) {
            return "1 " + noun;
        }
        int before = noun.length() - 2;
        boolean ies = noun.endsWith("y") && before >= 0 && "aeiou".indexOf(noun.charAt(before)) < 0;
        return count + " " + (ies ? noun.substring(0, noun.length() - 1) + "ies" : noun + "s");
    }

    /** Whole metres: "182 m". */
    public static String metres(double metres) {
        return String.format(Locale.ROOT, "%.0f m", metres);
    }

    /** A part of one as a percentage: 0.25 is "25%". */
    public static String percent(double part) {
        return String.format(Locale.ROOT, "%.0f%%", 100 * part);
    }

    /** Days, or hours below one day, to 0.1: "6.5 hours", "1.4 days", "14 days". */
    public static String time(long milliseconds) {
        double hours = milliseconds / (double) HOUR_MS;
        if (hours < 24) {
            return String.format(Locale.ROOT, "%.1f hours", hours);
        }
        return hours % 24 == 0
                ? number(Math.round(hours / 24), "day")
                : String.format(Locale.ROOT, "%.1f days", hours / 24);
    }

    /** As {@link #time}, but seconds below two minutes and minutes below two hours: "40 seconds", "17 minutes". */
    public static String duration(long milliseconds) {
        if (milliseconds < HOUR_MS / 30) {
            return number(Math.round(milliseconds / 1000.0), "second");
        }
        return milliseconds < 2 * HOUR_MS ? number(Math.round(milliseconds / 60_000.0), "minute") : time(milliseconds);
    }

    /** A moment to the minute: "9 Mar 2024 03:16 UTC"; milliseconds since 1970. */
    public static String at(long milliseconds) {
        return MINUTE.format(Instant.ofEpochMilli(milliseconds));
    }

    /** "a", "a and b", "a, b and c". */
    public static String and(List<String> names) {
        int last = names.size() - 1;
        return last <= 0
                ? String.join("", names)
                : names.stream().limit(last).collect(Collectors.joining(", ")) + " and " + names.get(last);
    }

    /** As {@link #and}, with no more than {@code limit} of them named: "a, b and 7 more". */
    public static String some(List<String> names, int limit) {
        if (names.size() <= limit) {
            return and(names);
        }
        return names.stream().limit(limit).collect(Collectors.joining(", ")) + " and " + (names.size() - limit) + " more";
    }

    /** A text of at most {@code limit} characters: a longer one ends with "…". */
    public static String cut(String text, int limit) {
        return text.length() <= limit ? text : text.substring(0, limit - 1) + "…";
    }
}
