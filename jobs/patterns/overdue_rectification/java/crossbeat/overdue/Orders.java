package crossbeat.overdue;

import static org.apache.flink.table.annotation.ArgumentTrait.REQUIRE_ON_TIME;
import static org.apache.flink.table.annotation.ArgumentTrait.SET_SEMANTIC_TABLE;

import crossbeat.alert.Alert;
import crossbeat.alert.Told;
import java.util.List;
import org.apache.flink.table.annotation.ArgumentHint;
import org.apache.flink.table.annotation.DataTypeHint;
import org.apache.flink.table.annotation.StateHint;
import org.apache.flink.table.functions.ProcessTableFunction;
import org.apache.flink.types.Row;

/**
 * Watches the deadline of one order for one recipient: one timer, due when the deadline passes, and no look in between.
 * Runs once a key (recipient, record id).
 *
 * <p>The outcome is the same whatever came first. An order whose correction is known before the time of all feeds has
 * reached its deadline, but was made after it, was overdue all the same: it is told of and ended at once. So was one whose next revision was written after its deadline, whatever that revision says.
 */
@DataTypeHint(Alert.ROW)
public class Orders extends ProcessTableFunction<Row> {
    private static final String PATTERN = "overdue_rectification";
    private static final String DUE = "due";

    /** A revision of an inspection. The last two arguments are constants of the query. */
    public void eval(
            Context context,
            @StateHint Order order,
            @StateHint Told told,
            @ArgumentHint({SET_SEMANTIC_TABLE, REQUIRE_ON_TIME}) Row inspection,
            Long graceMs,
            Long standsMs) {
        String recipient = inspection.getFieldAs("recipient");
        if (recipient.isEmpty()) {
            return; // the clock only lets time pass
        }
        if (order.passedBefore(inspection)) {
            raise(order, told);
        }
        if (!order.take(inspection, graceMs, standsMs)) {
            return;
        }
        TimeContext<Long> clock = context.timeContext(Long.class);
        Long now = clock.currentWatermark();
        clock.clearTimer(DUE);
        if (!order.stands) {
            cancel(order, told, null);
        } else if (order.open()) {
            if (order.told == order.deadline || now != null && order.due() <= now) {
                raise(order, told);
            } else {
                cancel(order, told, Wording.MOVED);
                order.told = Order.NEVER;
                clock.registerOnTime(DUE, order.due());
            }
        } else {
            if (order.late()) {
                raise(order, told);
            }
            cancel(order, told, Wording.corrected(order));
        }
    }

    /** The deadline has passed in the time of all feeds. */
    public void onTimer(OnTimerContext context, Order order, Told told) {
        Long now = context.timeContext(Long.class).currentWatermark();
        if (now == null || now == Long.MAX_VALUE) {
            return; // the end of a file is not the passing of time
        }
        if (order.recordId != null && order.open()) {
            raise(order, told);
        }
    }

    private void raise(Order order, Told told) {
        if (order.told == order.deadline) {
            return;
        }
        order.told = order.deadline;
        Alert alert = told.next(PATTERN, order.recordId, order.recipient, order.digest());
        if (alert == null) {
            return;
        }
        alert.headline(Wording.headline(order))
                .description(Wording.description(order))
                .evidence(List.of(order.recordId))
                .districts(List.of(order.district))
                .place(order.lat, order.lon, 0)
                .times(order.at, Math.max(order.at, order.deadline))
                .score(Wording.weight(order))
                .expires(order.deadline + order.standsMs);
        collect(alert.row());
    }

    /** Ends what stands; {@code why} is null where the order itself was withdrawn. */
    private void cancel(Order order, Told told, String why) {
        Alert alert = told.next(PATTERN, order.recordId, order.recipient, null);
        if (alert == null) {
            return;
        }
        if (why != null) {
            alert.headline(Wording.ended(order)).description(why);
        } else {
            order.told = Order.NEVER;
        }
        collect(alert.row());
    }
}
