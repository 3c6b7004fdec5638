"""The embedded stack: broker, registry, Flink, ClickHouse, without root or containers."""
