package crossbeat.feeds;

import crossbeat.alert.Alert;
import crossbeat.alert.Tellings;
import crossbeat.alert.Told;
import crossbeat.alert.Words;
import java.util.List;
import java.util.Locale;
import org.apache.flink.types.Row;

/** The alerts of one record type of a district: what each says, and which stands. Gives a row, or null for nothing new. */
final class Telling {
    private static final String PATTERN = "feed_health";
    /** Where nothing was ever heard from a district, all of the earth holds it. */
    private static final double EARTH_M = 20_037_508;

    private final Tellings<String> told;
    private final String district;
    private final String type;
    private final Settings settings;

    Telling(Tellings<String> told, String district, String type, Settings settings) {
        this.told = told;
        this.district = district;
        this.type = type;
        this.settings = settings;
    }

    /** A feed, or a camera of it if one is named, has fallen silent. */
    Row silent(Feed feed, String camera, long now) throws Exception {
        long silence = now - feed.heard();
        double missed = feed.rhythm.expected(feed.heard(), now);
        String who = who(camera);
        String what = camera.isEmpty() ? "the system that sends it, the line, or the connector" : "the camera or its line";
        return say("silent" + camera, "silent since " + feed.heard(), alert -> about(alert, feed, now)
                .score(missed)
                .headline(capital(who) + " has told nothing for " + Words.duration(silence))
                .description(capital(who) + last(feed) + Words.at(feed.heard()) + ": " + Words.duration(silence) + " ago. By its own rhythm of hours and days it would have spoken about "
                        + Words.number(Math.round(missed), "time") + " since. Raised because so long a silence is less likely than 1 in "
                        + String.format(Locale.ROOT, "%,.0f", 1 / settings.improbable()) + " by that rhythm."
                        + (camera.isEmpty() ? "" : " Other cameras of " + district + " did speak meanwhile.")
                        + " It does not say why: " + what + " may be down, or somebody may have switched it off."
                        + " First see whether " + what + " works; until then take no quiet from here for a calm."));
    }

    /** It speaks again, after so many milliseconds. */
    Row speaks(Feed feed, String camera, long silence) throws Exception {
        return over("silent" + camera, alert -> alert.headline(capital(who(camera)) + " speaks again")
                .description(capital(who(camera)) + " speaks again since " + Words.at(feed.heard()) + ", after "
                        + Words.duration(silence) + ": " + feed.record() + " was the first. Records of the silence may come late,"
                        + " or never; what was looked for meanwhile was looked for without them."));
    }

    /** What is known of the clock has changed. */
    Row clock(Clock clock, Feed feed, Word word) throws Exception {
        long now = word.gatedAt();
        if (!clock.ahead() && !clock.behind()) {
            return over("clock", alert -> alert.headline("The clock of " + who("") + " is right again")
                    .description("Records of " + who("") + " bear times again that agree with when they arrive, since "
                            + Words.at(now) + ". Those of the time between keep their wrong times until they are corrected."));
        }
        String off = Words.duration(clock.off());
        if (clock.ahead()) {
            return say("clock", "ahead", alert -> about(alert, feed, now)
                    .evidence(List.of(word.record()))
                    .times(now, now)
                    .score(clock.off() / 60_000.0)
                    .headline("The clock of " + who("") + " runs " + off + " ahead")
                    .description(Clock.RECORDS + " records of " + who("") + " or more within two days were written after they had arrived, which"
                            + " cannot be; the last, " + word.record() + ", by " + off + "." + kept(word) + " Raised because the clock of the system that"
                            + " writes them must run ahead. It does not say that what they tell is wrong, but their times are: whoever compares"
                            + " them with a neighbour's is misled. First set that clock, then send corrected revisions."));
        }
        return say("clock", "behind", alert -> about(alert, feed, now)
                .score(clock.off() / 60_000.0)
                .headline("Records of " + who("") + " seem " + off + " older than they are")
                .description("The quickest of the last " + Clock.WINDOW + " records of " + who("") + ", over "
                        + Words.duration(Clock.WINDOW_MS) + " or more, took " + off + " longer than the quickest used to take ("
                        + Words.duration(clock.usual()) + "). Raised because either its clock runs behind, or all records are held up on their"
                        + " way by as long. It does not say which. First compare the clock of the system with the time, then see where"
                        + " records wait."));
    }

    /** More of the records is refused than usual. */
    Row refused(Refusals refusals, Refusals.Hour hour, Feed feed, long now) throws Exception {
        return say("refused", "refused", alert -> about(alert, feed, now)
                .evidence(List.of(refusals.record()))
                .score(hour.part() / hour.usual())
                .headline(Words.percent(hour.part()) + " of the records of " + who("") + " are refused")
                .description("In the hour to " + Words.at(now) + " the gate refused " + hour.refused() + " of "
                        + Words.number(hour.all(), "record") + " of " + who("") + ", most of the last for " + refusals.reason() + "; usually "
                        + Words.percent(hour.usual()) + " are refused. Raised because so many are no chance: a mapping, a code list or a"
                        + " clock has changed. It does not say that the records are untrue; none is lost, each stands in rejected."
                        + district + ".v1 with its reason. First read the newest of them, such as " + refusals.record()
                        + ", mend the mapping, and send them again."));
    }

    /** No more than usual is refused. */
    Row accepted(long now) throws Exception {
        return over("refused", alert -> alert.headline("Records of " + who("") + " are accepted again")
                .description("In the hour to " + Words.at(now) + " no more records of " + who("")
                        + " were refused than usual. Those that were refused before come in only if they are sent again."));
    }

    private String who(String camera) {
        return camera.isEmpty() ? "the " + Words.plain(type) + " feed of " + district : "camera " + camera + " of " + district;
    }

    private static String last(Feed feed) {
        return feed.record().contains(Word.COUNT)
                ? " was last heard by its vehicle reads, which are only counted (" + feed.record() + "), at "
                : " told its last record, " + feed.record() + ", at ";
    }

    /** What became of a record that was ahead. */
    private String kept(Word word) {
        return !word.refused()
                ? ""
                : " The gate refuses what is minutes ahead: such records stand in rejected." + district
                        + ".v1 and reach nobody until they are sent again with the right time.";
    }

    private static String capital(String text) {
        return Character.toUpperCase(text.charAt(0)) + text.substring(1);
    }

    private Alert about(Alert alert, Feed feed, long now) {
        boolean placed = !Double.isNaN(feed.lat());
        long heard = feed.heard() == Long.MIN_VALUE ? now : feed.heard();
        return alert.evidence(List.of(feed.record()))
                .districts(List.of(district))
                .place(placed ? feed.lat() : 0, placed ? feed.lon() : 0, placed ? 0 : EARTH_M)
                .times(heard, heard)
                .expires(now + settings.standsMs());
    }

    /** Fills in what {@link Told} has decided to send. */
    private interface Filling {
        Alert in(Alert alert);
    }

    private Row say(String key, String digest, Filling filling) throws Exception {
        Told standing = told.of(key);
        Alert alert = standing.next(PATTERN, type + " " + key, district, digest);
        Row row = alert == null ? null : filling.in(alert).row();
        told.keep(key, standing);
        return row;
    }

    private Row over(String key, Filling filling) throws Exception {
        return told.has(key) ? say(key, null, filling) : null;
    }
}
