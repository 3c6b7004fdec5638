package crossbeat.lines;

import java.io.BufferedReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.api.common.typeinfo.TypeInformation;
import org.apache.flink.api.java.typeutils.ResultTypeQueryable;
import org.apache.flink.streaming.api.functions.source.legacy.RichSourceFunction;
import org.apache.flink.streaming.api.watermark.Watermark;
import org.apache.flink.table.data.RowData;

/** Reads the lines of one table, each when it is its turn among all tables of the trial. */
final class LinesReader extends RichSourceFunction<RowData> implements ResultTypeQueryable<RowData> {
    private static final long serialVersionUID = 1L;
    private static final char WATERMARK = '@';
    private static final char SETTLED = '#';

    private final String file;
    private final int sources;
    private final DeserializationSchema<RowData> format;
    private volatile boolean running = true;

    LinesReader(String file, int sources, DeserializationSchema<RowData> format) {
        this.file = file;
        this.sources = sources;
        this.format = format;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        format.open(RuntimeContextInitializationContextAdapters.deserializationAdapter(getRuntimeContext()));
    }

    @Override
    public void run(SourceContext<RowData> context) throws Exception {
        Turns turns = Turns.of(Path.of(file).getParent().toString(), sources);
        try (BufferedReader lines = Files.newBufferedReader(Path.of(file));
                Turns.Place place = turns.enter()) {
            for (String line = lines.readLine(); running && line != null; line = lines.readLine()) {
                int tab = line.indexOf('\t');
                place.await(Long.parseLong(line, 0, tab, 10));
                if (line.charAt(tab + 1) == SETTLED) {
                    Settled.of(Path.of(file).getParent().toString()).await(Long.parseLong(line.substring(tab + 2)));
                    continue;
                }
                synchronized (context.getCheckpointLock()) {
                    if (line.charAt(tab + 1) == WATERMARK) {
                        context.emitWatermark(new Watermark(Long.parseLong(line.substring(tab + 2))));
                    } else {
                        context.collect(format.deserialize(line.substring(tab + 1).getBytes(StandardCharsets.UTF_8)));
                    }
                }
            }
        }
    }

    @Override
    public void cancel() {
        running = false;
    }

    @Override
    public TypeInformation<RowData> getProducedType() {
        return format.getProducedType();
    }
}
