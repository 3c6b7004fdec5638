package crossbeat.alert;

import crossbeat.geo.Circle;
import java.time.Instant;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Collection;
import java.util.List;
import org.apache.flink.types.Row;

/**
 * One alert to one recipient, built step by step: gives the row that a pattern's function collects, of type {@link #ROW},
 * from which {@code ${alert_columns}} of its query makes the columns of the contract. Times are milliseconds UTC.
 *
 * <p>The recipient is no column of the row: it is a key that the function is partitioned by, and so stands before it.
 */
public final class Alert {
    /** The columns of the row, for a function that gives more than an alert. */
    public static final String COLUMNS = "identifier STRING NOT NULL, sent TIMESTAMP(3) NOT NULL, msg_type STRING NOT NULL,"
            + " headline STRING NOT NULL, description STRING NOT NULL, earlier ARRAY<STRING NOT NULL> NOT NULL,"
            + " expires TIMESTAMP(3) NOT NULL, incidents ARRAY<STRING NOT NULL> NOT NULL, pattern STRING NOT NULL,"
            + " category STRING NOT NULL, score DOUBLE NOT NULL, districts ARRAY<STRING NOT NULL> NOT NULL,"
            + " lat DOUBLE NOT NULL, lon DOUBLE NOT NULL, radius_m DOUBLE NOT NULL,"
            + " first_occurred_from TIMESTAMP(3) NOT NULL, last_occurred_from TIMESTAMP(3) NOT NULL";

    /** The type of the row, for a function's {@code @DataTypeHint}. */
    public static final String ROW = "ROW<" + COLUMNS + ">";

    /** A Cancel names nothing of what it takes back. */
    private static final String WITHDRAWN = "Withdrawn: an earlier alert no longer stands";

    /** What a Cancel says where its reason is that the evidence went. */
    public static final String WHY_WITHDRAWN = "What the earlier alert rested on was corrected or withdrawn by its owner,"
            + " and nothing else that you may see supports it. Please disregard it, and what was made of it.";
    private static final int HEADLINE_LIMIT = 160;
    private static final int DESCRIPTION_LIMIT = 4000;
    private static final int EVIDENCE_LIMIT = 10_000;

    private final String pattern;
    private final String identifier;
    private Told told;
    private String type = "Alert";
    private String[] earlier = {};
    private String headline;
    private String description;
    private String[] incidents = {};
    private String[] districts = {};
    private String category = "public_order";
    private double lat = Double.NaN;
    private double lon = Double.NaN;
    private double radius;
    private long first = Long.MAX_VALUE;
    private long last = Long.MIN_VALUE;
    private long expires = Long.MIN_VALUE;
    private double score;

    private Alert(String pattern, String identifier) {
        this.pattern = pattern;
        this.identifier = identifier;
    }

    /** The first alert of an identity that a recipient has; {@code key} is any text that names the identity. */
    public static Alert of(String pattern, String key, String recipient) {
        return of(pattern, key, recipient, 1);
    }

    /** The n-th alert of it, counted from 1: an Update or a Cancel is one more. */
    public static Alert of(String pattern, String key, String recipient, int n) {
        return new Alert(pattern, Identity.identifier(pattern, key, recipient, n));
    }

    /** The Cancel of what stands: it repeats the evidence, and says that it is withdrawn unless told otherwise. */
    Alert cancels(byte[] evidence) {
        Evidence was = Evidence.unpack(evidence);
        return type("Cancel")
                .headline(WITHDRAWN)
                .description(WHY_WITHDRAWN)
                .evidence(List.of(was.ids()))
                .districts(List.of(was.districts()))
                .category(was.category())
                .place(was.lat(), was.lon(), was.radius())
                .times(was.first(), was.last())
                .expires(was.expires());
    }

    /** Has {@link #row} write down what it rests on. */
    Alert remembering(Told told) {
        this.told = told;
        return this;
    }

    public String identifier() {
        return identifier;
    }

    /** {@code Alert}, {@code Update} or {@code Cancel}. */
    public String type() {
        return type;
    }

    /** {@code Alert} (if nothing is said), {@code Update} or {@code Cancel}. */
    public Alert type(String type) {
        this.type = type;
        return this;
    }

    /** The identifiers that an Update or a Cancel replaces. */
    public Alert references(String... identifiers) {
        earlier = identifiers;
        return this;
    }

    /** One line for a screen or a pager; cut at 160 characters. */
    public Alert headline(String text) {
        headline = Words.cut(text, HEADLINE_LIMIT);
        return this;
    }

    /** Why, in plain words; cut at 4000 characters. */
    public Alert description(String text) {
        description = Words.cut(text, DESCRIPTION_LIMIT);
        return this;
    }

    /** The ids of the records that it rests on, in any order; of more than 10,000 the first by name. */
    public Alert evidence(Collection<String> recordIds) {
        incidents = recordIds.stream().distinct().sorted().limit(EVIDENCE_LIMIT).toArray(String[]::new);
        return this;
    }

    /** The districts whose records those are, in any order. */
    public Alert districts(Collection<String> names) {
        districts = names.stream().distinct().sorted().toArray(String[]::new);
        return this;
    }

    /** A circle: degrees, metres. */
    public Alert place(double lat, double lon, double radiusM) {
        this.lat = lat;
        this.lon = lon;
        radius = radiusM;
        return this;
    }

    /** The circle around these points. */
    public Alert around(List<Circle.Point> points) {
        Circle circle = Circle.of(points);
        return place(circle.lat(), circle.lon(), circle.radius());
    }

    /** When the first and the last of what it rests on happened. */
    public Alert times(long first, long last) {
        this.first = first;
        this.last = last;
        return this;
    }

    /** Until when it holds. */
    public Alert expires(long at) {
        expires = at;
        return this;
    }

    /** Strength by the pattern's own measure, zero or more; a Cancel has none. */
    public Alert score(double score) {
        this.score = score;
        return this;
    }

    /** A code of {@code schemas/codes/category.toml}; "public_order" if nothing is said. */
    public Alert category(String code) {
        category = code;
        return this;
    }

    /**
     * The row, sent now.
     *
     * @throws IllegalStateException if something that every alert has was not said: a mistake of the pattern
     */
    public Row row() {
        require(headline != null && !headline.isEmpty() && description != null, "a headline and a description");
        require(incidents.length > 0 && districts.length > 0, "evidence and its districts");
        require(!Double.isNaN(lat) && !Double.isNaN(lon), "a place");
        require(first <= last && expires != Long.MIN_VALUE, "times and an end");
        if (told != null) {
            boolean cancel = type.equals("Cancel");
            told.evidence = cancel
                    ? null
                    : new Evidence(incidents, districts, category, lat, lon, radius, first, last, expires).pack();
        }
        return Row.of(
                identifier,
                utc(System.currentTimeMillis()),
                type,
                headline,
                description,
                earlier,
                utc(expires),
                incidents,
                pattern,
                category,
                score,
                districts,
                lat,
                lon,
                radius,
                utc(first),
                utc(last));
    }

    private void require(boolean said, String what) {
        if (!said) {
            throw new IllegalStateException("alert " + identifier + " must have " + what);
        }
    }

    private static LocalDateTime utc(long milliseconds) {
        return LocalDateTime.ofInstant(Instant.ofEpochMilli(milliseconds), ZoneOffset.UTC);
    }
}
