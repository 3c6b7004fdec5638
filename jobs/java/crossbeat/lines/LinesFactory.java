package crossbeat.lines;

import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.api.common.serialization.SerializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.format.EncodingFormat;
import org.apache.flink.table.connector.sink.DynamicTableSink;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableSinkFactory;
import org.apache.flink.table.factories.DynamicTableSourceFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.factories.SerializationFormatFactory;

/**
 * The connector {@code crossbeat-lines}: a table whose rows are lines of a file, for trials of a pattern without a broker.
 * A line read is the number of its turn, a tab, and a row in the table's format, or {@code @} and a watermark in
 * milliseconds, or {@code #} and the watermark that the sinks must have come to before more is read; a line written is the watermark at that moment, a tab, and the row.
 */
public final class LinesFactory implements DynamicTableSourceFactory, DynamicTableSinkFactory {
    private static final ConfigOption<String> FILE = ConfigOptions.key("file").stringType().noDefaultValue();
    private static final ConfigOption<Integer> SOURCES = ConfigOptions.key("sources").intType().defaultValue(1);

    @Override
    public String factoryIdentifier() {
        return "crossbeat-lines";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(FILE, FactoryUtil.FORMAT);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(SOURCES);
    }

    @Override
    public DynamicTableSource createDynamicTableSource(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        DecodingFormat<DeserializationSchema<RowData>> format =
                helper.discoverDecodingFormat(DeserializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validate();
        return new LinesTable.Source(
                helper.getOptions().get(FILE),
                helper.getOptions().get(SOURCES),
                format,
                context.getPhysicalRowDataType());
    }

    @Override
    public DynamicTableSink createDynamicTableSink(Context context) {
        FactoryUtil.TableFactoryHelper helper = FactoryUtil.createTableFactoryHelper(this, context);
        EncodingFormat<SerializationSchema<RowData>> format =
                helper.discoverEncodingFormat(SerializationFormatFactory.class, FactoryUtil.FORMAT);
        helper.validate();
        return new LinesTable.Sink(helper.getOptions().get(FILE), format, context.getPhysicalRowDataType());
    }
}
