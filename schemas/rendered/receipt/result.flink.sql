CREATE TEMPORARY TABLE `receipt_result` (
  `receipt_id` STRING NOT NULL,
  `record_type` STRING NOT NULL,
  `record_id` STRING NOT NULL,
  `version` BIGINT NOT NULL,
  `recipients` ARRAY<STRING NOT NULL> NOT NULL,
  `withdrawn_from` ARRAY<STRING NOT NULL> NOT NULL,
  `delivered_at` TIMESTAMP(3) NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'receipt.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'receipt.v1-value',
  'key.format' = 'raw',
  'key.fields' = 'receipt_id',
  'value.fields-include' = 'ALL',
  'value.avro-confluent.schema' = '{"type":"record","name":"Receipt","namespace":"crossbeat","doc":"That the router delivered a record, a link or an alert to districts, or took it back from them: who had what, and until when.","fields":[{"name":"receipt_id","type":"string","doc":"Type, id and version of what was delivered, joined by |."},{"name":"record_type","type":"string","doc":"What was delivered: a record type of districts, link, series or alert."},{"name":"record_id","type":"string","doc":"Its record id, link id or identifier."},{"name":"version","type":"long","doc":"Its revision; of a link the sum of both, of an alert 1."},{"name":"recipients","type":{"type":"array","items":"string"},"doc":"Districts that it went to, sorted."},{"name":"withdrawn_from","type":{"type":"array","items":"string"},"doc":"Districts that it was taken back from, sorted."},{"name":"delivered_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the router sent it."}]}'
);
