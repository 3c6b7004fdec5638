CREATE TEMPORARY TABLE `rejection_own` (
  `rejection_id` STRING NOT NULL,
  `district` STRING NOT NULL,
  `topic` STRING NOT NULL,
  `partition` INT NOT NULL,
  `offset` BIGINT NOT NULL,
  `schema_id` INT,
  `reason` STRING NOT NULL,
  `field` STRING,
  `message` STRING NOT NULL,
  `attempts` INT NOT NULL,
  `record_id` STRING,
  `raw` BYTES NOT NULL,
  `raw_size` BIGINT NOT NULL,
  `raw_sha256` STRING NOT NULL,
  `rejected_at` TIMESTAMP(3) NOT NULL,
  `ahead_s` BIGINT
) WITH (
  'connector' = 'kafka',
  'topic' = '${district}.refused.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'rejection.v1-value',
  'key.format' = 'raw',
  'key.fields' = 'rejection_id',
  'value.fields-include' = 'ALL',
  'value.avro-confluent.schema' = '{"type":"record","name":"Rejection","namespace":"crossbeat","doc":"A message that could not be let through: why, where it stands, and its bytes. Nothing is dropped silently; only its sender and the operators see it.","fields":[{"name":"rejection_id","type":"string","doc":"Topic, partition and offset of the message, joined by colons."},{"name":"district","type":"string","doc":"District that sent it, by its topic."},{"name":"topic","type":"string","doc":"Topic in which it stands, or file:<name> for a row of a file that was refused before it was published."},{"name":"partition","type":"int","doc":"Partition of that topic; 0 for a file."},{"name":"offset","type":"long","doc":"Offset in that partition, or number of the row in the file."},{"name":"schema_id","type":["null","int"],"doc":"Registry id that the message names. Null where it names none.","default":null},{"name":"reason","type":"string","doc":"Why it was refused."},{"name":"field","type":["null","string"],"doc":"First field that is at fault. Null where the fault is of the whole.","default":null},{"name":"message","type":"string","doc":"What is wrong and what to do next, without the value itself."},{"name":"attempts","type":"int","doc":"How often it was tried."},{"name":"record_id","type":["null","string"],"doc":"Record id, where the message could be read that far.","default":null},{"name":"raw","type":"bytes","doc":"First 64 KiB of the message as it was. Empty for types of record with a field that is never kept, such as a vehicle''s token."},{"name":"raw_size","type":"long","doc":"Size of the whole message."},{"name":"raw_sha256","type":"string","doc":"SHA-256 of the whole message, in hexadecimal."},{"name":"rejected_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When it was refused."},{"name":"ahead_s","type":["null","long"],"doc":"By how much its recorded_at was ahead of the gate''s clock, where that is why it was refused: a clock that runs ahead shows in it. Null for any other reason.","default":null}]}'
);
