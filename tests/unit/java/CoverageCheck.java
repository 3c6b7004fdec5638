package crossbeat.coverage;

import crossbeat.alert.Tellings;
import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.charset.StandardCharsets;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.apache.flink.table.api.dataview.MapView;
import org.apache.flink.types.Row;

/**
 * What is told of one district's areas as time passes and records come, in this order and no other. Arguments: {@code quick},
 * or {@code plain} to have an area judged at each of its visits; the settings. Reads a line each, times in minutes:
 * {@code N} (another world begins), {@code W now}, {@code D id revision area kind cell from to gone},
 * {@code V id revision district area cell from to officers auxiliaries gone} (area {@code -}: elsewhere). Prints what is
 * told, without the moment at which it is sent, behind the number of its line.
 */
public class CoverageCheck {
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);
    private static final long MINUTE_MS = 60_000;
    private static final String OWNER = "north";

    private final boolean plain;
    private final Settings settings;
    private MapView<String, byte[]> known = new MapView<>();
    private MapView<String, byte[]> told = new MapView<>();
    private final Map<String, Long> timers = new HashMap<>();
    private long watermark = Area.NONE;
    private int number;

    public static void main(String[] arguments) throws Exception {
        CoverageCheck check = new CoverageCheck(arguments[0].equals("plain"), Settings.of(arguments[1]));
        BufferedReader lines = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            check.number++;
            check.take(line.split(" "));
        }
    }

    private CoverageCheck(boolean plain, Settings settings) {
        this.plain = plain;
        this.settings = settings;
    }

    private void take(String[] said) throws Exception {
        switch (said[0]) {
            case "N" -> {
                known = new MapView<>();
                told = new MapView<>();
                timers.clear();
                watermark = Area.NONE;
            }
            case "W" -> pass(time(said[1]));
            default -> record(said);
        }
    }

    private void record(String[] said) throws Exception {
        if (plain) {
            judgeAtEach();
        }
        Desk desk = desk(watermark);
        desk.open();
        desk.remember();
        desk.feed.named(OWNER, OWNER);
        int revision = Integer.parseInt(said[2]);
        if (said[0].equals("D")) {
            Duty duty = new Duty(said[1], revision, "primary", time(said[6]), time(said[7]), 1, 1, said[8].equals("gone"));
            desk.duty(said[3], said[4], List.of(Long.parseLong(said[5])), duty);
        } else {
            Visit visit = new Visit(said[1], revision, said[3], time(said[6]), time(said[7]), Long.parseLong(said[5]), 43.6, -79.4,
                    Integer.parseInt(said[8]), Integer.parseInt(said[9]), said[10].equals("gone"));
            desk.visit(said[4].equals("-") ? null : said[4], visit);
        }
        desk.close();
    }

    /** Says of each area that its next look is far off, as if a visit could change what comes before. */
    private void judgeAtEach() throws Exception {
        for (Map.Entry<String, byte[]> one : known.entries()) {
            if (one.getKey().startsWith("fresh ")) {
                LONG.set(one.getValue(), 0, Long.MAX_VALUE);
                LONG.set(one.getValue(), 8, Long.MAX_VALUE);
            }
        }
    }

    /** Lets the timers go off that are due, the earliest first, each at its own time. */
    private void pass(long now) throws Exception {
        watermark = now;
        while (true) {
            Map.Entry<String, Long> next = timers.entrySet().stream()
                    .filter(one -> one.getValue() <= now)
                    .min(Map.Entry.<String, Long>comparingByValue().thenComparing(Map.Entry.comparingByKey()))
                    .orElse(null);
            if (next == null) {
                return;
            }
            String name = next.getKey();
            long at = next.getValue();
            timers.remove(name);
            Desk desk = desk(at);
            desk.open();
            desk.look(name);
            desk.close();
        }
    }

    private Desk desk(long now) {
        return new Desk(known, new Tellings<>(told), settings, now, watermark, timers::put, this::print);
    }

    private void print(Row row) {
        StringBuilder text = new StringBuilder(Integer.toString(number));
        for (int i = 0; i < row.getArity(); i++) {
            if (i != 1) { // when it was sent
                Object value = row.getField(i);
                text.append(" | ").append(value instanceof Object[] list ? Arrays.toString(list) : value);
            }
        }
        System.out.println(text.toString().replace('\n', ' '));
    }

    private static long time(String minutes) {
        return Long.parseLong(minutes) * MINUTE_MS;
    }
}
