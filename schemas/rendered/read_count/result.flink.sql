CREATE TEMPORARY TABLE `read_count_result` (
  `district` STRING NOT NULL,
  `hour` TIMESTAMP(3) NOT NULL,
  `gate` STRING NOT NULL,
  `since` TIMESTAMP(3) NOT NULL,
  `counted_at` TIMESTAMP(3) NOT NULL,
  `reads` BIGINT NOT NULL,
  `asked_for` BIGINT NOT NULL,
  `cameras` ARRAY<STRING NOT NULL> NOT NULL,
  `let_go` INT,
  `quickest_s` INT
) WITH (
  'connector' = 'kafka',
  'topic' = 'read_count.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'read_count.v1-value',
  'properties.isolation.level' = 'read_committed'
);
