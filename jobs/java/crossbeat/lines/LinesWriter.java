package crossbeat.lines;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.streaming.api.functions.sink.legacy.RichSinkFunction;
import org.apache.flink.table.data.RowData;

/** Writes the rows of one table, each with the watermark at which it came. */
final class LinesWriter extends RichSinkFunction<RowData> {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final SerializationSchema<RowData> format;
    private transient BufferedWriter out;

    LinesWriter(String file, SerializationSchema<RowData> format) {
        this.file = file;
        this.format = format;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        format.open(RuntimeContextInitializationContextAdapters.serializationAdapter(getRuntimeContext()));
        out = Files.newBufferedWriter(Path.of(file));
        settled().opened(file);
    }

    @Override
    public void writeWatermark(Watermark watermark) {
        settled().reached(file, watermark.getTimestamp());
    }

    private Settled settled() {
        return Settled.of(Path.of(file).getParent().toString());
    }

    @Override
    public void invoke(RowData row, Context context) throws IOException {
        out.write(context.currentWatermark() + "\t");
        out.write(new String(format.serialize(row), StandardCharsets.UTF_8));
        out.newLine();
    }

    @Override
    public void close() throws IOException {
        if (out != null) {
            out.close();
            settled().closed(file);
        }
    }
}
