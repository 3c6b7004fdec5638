CREATE TEMPORARY TABLE `retraction_delivered` (
  `record_id` STRING NOT NULL,
  `district` STRING NOT NULL,
  `revision` INT NOT NULL,
  `recorded_at` TIMESTAMP(3) NOT NULL,
  `target_record_type` STRING NOT NULL,
  `target_record_id` STRING NOT NULL,
  `target_revision` INT NOT NULL,
  `reason` STRING NOT NULL,
  `note` STRING,
  `visible_to` ARRAY<STRING NOT NULL> NOT NULL,
  `gated_at` TIMESTAMP(3) NOT NULL,
  `source_topic` STRING NOT NULL,
  `source_partition` INT NOT NULL,
  `source_offset` BIGINT NOT NULL,
  `retracted` BOOLEAN NOT NULL
) WITH (
  'connector' = 'kafka',
  'topic' = 'to.${district}.retraction.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'to.retraction.v1-value',
  'key.format' = 'raw',
  'key.fields' = 'record_id',
  'value.fields-include' = 'ALL',
  'value.avro-confluent.schema' = '{"type":"record","name":"Retraction","namespace":"crossbeat","doc":"A district takes one of its records back, everywhere it went. It goes to every district that had the record, so it has no release of its own.","fields":[{"name":"record_id","type":"string","doc":"Name of the record, the same in all its revisions and unlike that of any record of any district. Begin it with the district''s name and a colon, then the case number of your own system. It must say nothing about a person."},{"name":"district","type":"string","doc":"District that owns the record. A transfer of the case never changes it. It must be the district whose topic the record is published to."},{"name":"revision","type":"int","doc":"State of the record: 1 for the first publication, and one more for each that replaces it. The highest counts; one that was already seen changes nothing, and a lower one is rejected as stale."},{"name":"recorded_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner''s system wrote this revision, which may be days after the fact."},{"name":"target_record_type","type":"string","doc":"What kind of record is taken back."},{"name":"target_record_id","type":"string","doc":"Record id of the record that is taken back. It must be your own."},{"name":"target_revision","type":"int","doc":"Latest revision that is taken back, and all before it with it. Taking back is a revision too, the one after it: a mended record comes back with a revision above that one, at least two above this."},{"name":"reason","type":"string","doc":"Why it is taken back."},{"name":"note","type":["null","string"],"doc":"What those who had it should know, in words, such as what to do with what they made of it. Nothing of what the record said.","default":null},{"name":"visible_to","type":{"type":"array","items":"string"},"doc":"Every district that may see the record, by name, its owner among them, sorted: the release worked out against the sharing agreement."},{"name":"gated_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the gate let it through."},{"name":"source_topic","type":"string","doc":"Topic that it came from."},{"name":"source_partition","type":"int","doc":"Always 0: the place in that topic is told in the header `source` of the message in the shared topic, which the platform alone reads."},{"name":"source_offset","type":"long","doc":"Always 0, as the partition: two offsets would tell how many records lie between them, and some of them may not be for the reader."},{"name":"retracted","type":"boolean","doc":"Whether its owner took the record back. What is left then is its id and what is needed to undo what was derived from it: texts and details are gone.","default":false}]}'
);
