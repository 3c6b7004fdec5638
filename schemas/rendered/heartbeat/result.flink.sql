CREATE TEMPORARY TABLE `heartbeat_result` (
  `at` TIMESTAMP(3) NOT NULL,
  `source` STRING NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'clock.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'clock.v1-value',
  'key.format' = 'raw',
  'key.fields' = 'source',
  'value.fields-include' = 'ALL',
  'value.avro-confluent.schema' = '{"type":"record","name":"Heartbeat","namespace":"crossbeat","doc":"That time has passed, though nothing else may have come: patterns that wait for something that does not happen are driven by it. It holds nothing of any district.","fields":[{"name":"at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"The time that it is, by the clock of its writer."},{"name":"source","type":"string","doc":"Who wrote it: the process of the jobs, or a trial."}]}'
);
