CREATE TEMPORARY TABLE `backfill_progress_own` (
  `file_sha256` STRING NOT NULL,
  `mapping_sha256` STRING NOT NULL,
  `file_name` STRING NOT NULL,
  `rows_total` BIGINT,
  `rows_done` BIGINT NOT NULL,
  `published` BIGINT NOT NULL,
  `rejected` BIGINT NOT NULL,
  `finished` BOOLEAN NOT NULL,
  `updated_at` TIMESTAMP(3) NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = '${district}.backfill.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'backfill.v1-value',
  'properties.isolation.level' = 'read_committed'
);
