package crossbeat.lines;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import org.apache.flink.api.common.eventtime.Watermark;
import org.apache.flink.api.common.functions.OpenContext;
import org.apache.flink.api.common.serialization.RuntimeContextInitializationContextAdapters;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.streaming.api.functions.sink.legacy.RichSinkFunction;
import org.apache.flink.table.data.RowData;

/** Writes the rows of one statement for one table, each with the watermark at which it came: a file a statement. */
final class LinesWriter extends RichSinkFunction<RowData> {
    private static final long serialVersionUID = 1L;

    private final String file;
    private final SerializationSchema<RowData> format;
    private transient BufferedWriter out;
    private transient Turns.Exit exit;

    LinesWriter(String file, SerializationSchema<RowData> format) {
        this.file = file;
        this.format = format;
    }

    @Override
    public void open(OpenContext context) throws Exception {
        format.open(RuntimeContextInitializationContextAdapters.serializationAdapter(getRuntimeContext()));
        exit = Turns.of(Path.of(file).getParent().toString()).exit();
        // The statement's part of the name is the same in every run, so that the files have one order.
        int statement = getRuntimeContext().getTaskInfo().getTaskName().hashCode();
        out = Files.newBufferedWriter(Path.of("%s.%08x-%s".formatted(file, statement, UUID.randomUUID())));
    }

    @Override
    public void writeWatermark(Watermark watermark) {
        exit.passed(watermark.getTimestamp());
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
        }
        if (exit != null) {
            exit.close();
        }
    }
}
