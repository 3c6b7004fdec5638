CREATE TEMPORARY TABLE `quality_run_result` (
  `run_id` STRING NOT NULL,
  `record_type` STRING NOT NULL,
  `expectation` STRING NOT NULL,
  `field` STRING,
  `passed` BOOLEAN NOT NULL,
  `rows` BIGINT NOT NULL,
  `failed_rows` BIGINT NOT NULL,
  `record_ids` ARRAY<STRING NOT NULL> NOT NULL,
  `landed_from` TIMESTAMP(3) NOT NULL,
  `landed_to` TIMESTAMP(3) NOT NULL,
  `checked_at` TIMESTAMP(3) NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'quality.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'quality.v1-value',
  'properties.isolation.level' = 'read_committed'
);
