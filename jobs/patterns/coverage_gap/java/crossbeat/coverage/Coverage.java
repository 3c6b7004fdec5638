package crossbeat.coverage;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import crossbeat.alert.Alert;
import crossbeat.alert.Tellings;
import crossbeat.row.Text;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Holds the visits to a district's areas against its duties, for one recipient: a timer an area, due when the longest time
 * without a visit has passed and its record has had time to come. Runs once a key (recipient, district).
 *
 * <p>All areas of a district are at one key, for only the whole feed shows whether it is silent: then nothing is told of, and
 * an area waits until the feed speaks again about that time.
 */
@DataTypeHint(Alert.ROW)
public class Coverage extends ProcessTableFunction<Row> {
    private transient Settings settings;

    /** A duty, a visit, an incident or a sign of life of the feed; {@code text} holds the settings, see {@link Settings#of}. */
    public void eval(
            Context context,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> known,
            @StateHint(type = @DataTypeHint("MAP<STRING, BYTES>"), ttl = "0 ms") MapView<String, byte[]> told,
            @ArgumentHint(
                            value = {SET_SEMANTIC_TABLE, REQUIRE_ON_TIME},
                            type = @DataTypeHint(value = Rows.INPUT, bridgedTo = RowData.class))
                    RowData thing,
            String text)
            throws Exception {
        if (Text.is(thing, Rows.TYPE, Rows.CLOCK)) {
            return; // it only lets time pass
        }
        read(text);
        if (Text.is(thing, Rows.TYPE, Rows.INCIDENT)) {
            Demand.take(known, thing.getLong(Rows.CELL), Text.at(thing, Rows.RECORD), Rows.time(thing, Rows.SINCE),
                    thing.getBoolean(Rows.GONE), settings);
            return;
        }
        TimeContext<Long> clock = context.timeContext(Long.class);
        Long watermark = clock.currentWatermark();
        long now = watermark == null ? Area.NONE : watermark;
        Desk desk = new Desk(known, new Tellings<>(told), settings, now, now, clock::registerOnTime, this::collect);
        desk.open();
        desk.remember();
        if (desk.feed.isNew()) {
            desk.feed.named(Text.at(thing, Rows.RECIPIENT), Text.at(thing, Rows.DISTRICT));
        }
        if (Text.is(thing, Rows.TYPE, Rows.LIFE)) {
            if (!thing.getBoolean(Rows.GONE)) {
                desk.life(Rows.time(thing, Rows.SINCE), Rows.time(thing, Rows.UNTIL), thing.getDouble(Rows.LAT), thing.getDouble(Rows.LON));
            }
        } else if (Text.is(thing, Rows.TYPE, Rows.VISIT)) {
            desk.visit(Text.at(thing, Rows.AREA), Rows.visit(thing));
        } else {
            desk.duty(Text.at(thing, Rows.AREA), Text.at(thing, Rows.AREA_KIND), Rows.cells(thing), Rows.duty(thing));
        }
        desk.close();
    }

    /** The longest time without a visit has passed at an area, or the duty of a gap that stands has ended. */
    public void onTimer(OnTimerContext context, MapView<String, byte[]> known, MapView<String, byte[]> told) throws Exception {
        TimeContext<Long> clock = context.timeContext(Long.class);
        Long watermark = clock.currentWatermark();
        if (watermark == null || watermark == Long.MAX_VALUE) {
            return; // the end of a file is not the passing of time
        }
        read(Desk.text(known));
        // The timer's own time: where the clock leaps over hours, each is judged by what held then.
        Desk desk = new Desk(known, new Tellings<>(told), settings, clock.time(), watermark, clock::registerOnTime, this::collect);
        desk.open();
        desk.look(context.currentTimer());
        desk.close();
    }

    private void read(String text) {
        if (settings == null || !settings.text().equals(text)) {
            settings = Settings.of(text);
        }
    }
}
