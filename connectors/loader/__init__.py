"""Landing: one loader moves shared and result topics to ClickHouse in batches; a crash or a replay changes nothing."""
