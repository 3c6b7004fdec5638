package crossbeat.router;

import crossbeat.avro.Registry;
import java.util.Set;
import org.apache.flink.api.common.serialization.DeserializationSchema;
import org.apache.flink.configuration.ConfigOption;
import org.apache.flink.configuration.ConfigOptions;
import org.apache.flink.configuration.ReadableConfig;
import org.apache.flink.table.connector.ChangelogMode;
import org.apache.flink.table.connector.format.DecodingFormat;
import org.apache.flink.table.connector.source.DynamicTableSource;
import org.apache.flink.table.data.RowData;
import org.apache.flink.table.factories.DeserializationFormatFactory;
import org.apache.flink.table.factories.DynamicTableFactory;
import org.apache.flink.table.factories.FactoryUtil;
import org.apache.flink.table.types.DataType;

/**
 * The format {@code crossbeat-delivery}: a table that reads with it has, for each message, the messages that districts are
 * to have of it. So a query needs no column of any contract.
 */
public final class DeliveryFormat implements DeserializationFormatFactory {
    private static final ConfigOption<String> URL = ConfigOptions.key("url").stringType().noDefaultValue();
    private static final ConfigOption<String> USER_INFO =
            ConfigOptions.key("basic-auth.user-info").stringType().noDefaultValue();
    private static final ConfigOption<String> PLAN = ConfigOptions.key("plan").stringType().noDefaultValue();
    private static final ConfigOption<String> RECEIVERS = ConfigOptions.key("receivers").stringType().noDefaultValue();

    @Override
    public String factoryIdentifier() {
        return "crossbeat-delivery";
    }

    @Override
    public Set<ConfigOption<?>> requiredOptions() {
        return Set.of(URL, PLAN, RECEIVERS);
    }

    @Override
    public Set<ConfigOption<?>> optionalOptions() {
        return Set.of(USER_INFO);
    }

    @Override
    public DecodingFormat<DeserializationSchema<RowData>> createDecodingFormat(
            DynamicTableFactory.Context context, ReadableConfig options) {
        FactoryUtil.validateFactoryOptions(this, options);
        Registry registry = new Registry(options.get(URL), options.get(USER_INFO));
        return new DecodingFormat<>() {
            @Override
            public DeserializationSchema<RowData> createRuntimeDecoder(DynamicTableSource.Context source, DataType physical) {
                return new Deliveries(
                        registry, options.get(PLAN), options.get(RECEIVERS), source.createTypeInformation(physical));
            }

            @Override
            public ChangelogMode getChangelogMode() {
                return ChangelogMode.insertOnly();
            }
        };
    }
}
