CREATE TEMPORARY TABLE `late_record_result` (
  `record_id` STRING NOT NULL,
  `district` STRING NOT NULL,
  `revision` INT NOT NULL,
  `pattern` STRING NOT NULL,
  `category` STRING NOT NULL,
  `occurred_from` TIMESTAMP(3) NOT NULL,
  `watermark` TIMESTAMP(3) NOT NULL,
  `late_by_hours` DOUBLE NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'late.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'late.v1-value',
  'key.format' = 'raw',
  'key.fields' = 'record_id',
  'value.fields-include' = 'ALL',
  'value.avro-confluent.schema' = '{"type":"record","name":"LateRecord","namespace":"crossbeat","doc":"An incident that arrived after the pattern had dropped the state that it would have met. It is not lost: a catch-up pairs it from the tables.","fields":[{"name":"record_id","type":"string","doc":"Record id of the incident."},{"name":"district","type":"string","doc":"Its owner."},{"name":"revision","type":"int","doc":"Its revision."},{"name":"pattern","type":"string","doc":"Pattern that it was too late for."},{"name":"category","type":"string","doc":"Its category."},{"name":"occurred_from","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"Its earliest moment."},{"name":"watermark","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"How far the pattern''s clock had come when it arrived."},{"name":"late_by_hours","type":"double","doc":"How far it lay before the oldest state still kept."}]}'
);
