package crossbeat.lines;

import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.legacy.table.connector.source.SourceFunctionProvider;
import org.apache.flink.streaming.api.datastream.DataStream;
import org.apache.flink.streaming.api.datastream.DataStreamSink;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.ProviderContext;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DataStreamSinkProvider;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.connector.source.ScanTableSource;
import org.apache.flink.table.connector.source.abilities.SupportsSourceWatermark;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.types.DataType;

/** What the planner sees of a table of lines: its two ends. */
final class LinesTable {
    private LinesTable() {}

    /** The reading end; its watermarks are in the file. */
    record Source(
            String file, int sources, DecodingFormat<DeserializationSchema<RowData>> format, DataType type)
            implements ScanTableSource, SupportsSourceWatermark {
        @Override
        public ChangelogMode getChangelogMode() {
            return ChangelogMode.insertOnly();
        }

        @Override
        public ScanRuntimeProvider getScanRuntimeProvider(ScanContext context) {
            // Said to have no end, though it has one: of a bounded source Flink keeps all watermarks but the last to itself.
            return SourceFunctionProvider.of(
                    new LinesReader(file, sources, format.createRuntimeDecoder(context, type)), false);
        }

        @Override
        public void applySourceWatermark() {
            // Nothing to do: the reader gives them in any case.
        }

        @Override
        public DynamicTableSource copy() {
            return new Source(file, sources, format, type);
        }

        @Override
        public String asSummaryString() {
            return "lines of " + file;
        }
    }

    /** The writing end. */
    record Sink(String file, EncodingFormat<SerializationSchema<RowData>> format, DataType type)
            implements DynamicTableSink {
        @Override
        public ChangelogMode getChangelogMode(ChangelogMode requested) {
            return ChangelogMode.insertOnly();
        }

        @Override
        public SinkRuntimeProvider getSinkRuntimeProvider(Context context) {
            LinesWriter writer = new LinesWriter(file, format.createRuntimeEncoder(context, type));
            // Not a SinkFunctionProvider: the operator of that one keeps watermarks to itself.
            return new DataStreamSinkProvider() {
                @Override
                public DataStreamSink<?> consumeDataStream(ProviderContext provider, DataStream<RowData> rows) {
                    DataStreamSink<RowData> sink = rows.addSink(writer).setParallelism(1);
                    provider.generateUid("lines").ifPresent(sink::uid);
                    return sink;
                }
            };
        }

        @Override
        public DynamicTableSink copy() {
            return new Sink(file, format, type);
        }

        @Override
        public String asSummaryString() {
            return "lines to " + file;
        }
    }
}
