CREATE TEMPORARY TABLE `acknowledgement_district` (
  `record_id` STRING NOT NULL,
  `district` STRING NOT NULL,
  `revision` INT NOT NULL,
  `recorded_at` TIMESTAMP(3) NOT NULL,
  `alert_identifier` STRING NOT NULL,
  `role` STRING NOT NULL,
  `answer` STRING NOT NULL,
  `answered_at` TIMESTAMP(3) NOT NULL,
  `joint_action` STRING,
  `outcome` STRING,
  `note` STRING,
  `release_to` ARRAY<STRING NOT NULL> NOT NULL,
  `release_purposes` ARRAY<STRING NOT NULL> NOT NULL,
  `release_conditions` STRING,
  `release_handling` STRING NOT NULL,
  `release_expires_at` TIMESTAMP(3)
) WITH (
  'connector' = 'kafka',
  'topic' = '${district}.acknowledgement.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'acknowledgement.v1-value',
  'key.format' = 'raw',
  'key.fields' = 'record_id',
  'value.fields-include' = 'ALL',
  'value.avro-confluent.schema' = '{"type":"record","name":"Acknowledgement","namespace":"crossbeat","doc":"What a district answers to an alert, and later what came of it. One record for each alert and desk: the answer is its first revision, the outcome a later one.","fields":[{"name":"record_id","type":"string","doc":"Name of the record, the same in all its revisions and unlike that of any record of any district. Begin it with the district''s name and a colon, then the case number of your own system. It must say nothing about a person."},{"name":"district","type":"string","doc":"District that owns the record. A transfer of the case never changes it. It must be the district whose topic the record is published to."},{"name":"revision","type":"int","doc":"State of the record: 1 for the first publication, and one more for each that replaces it. The highest counts; one that was already seen changes nothing, and a lower one is rejected as stale."},{"name":"recorded_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner''s system wrote this revision, which may be days after the fact."},{"name":"alert_identifier","type":"string","doc":"Identifier of the alert, or record id of the proposal, that is answered."},{"name":"role","type":"string","doc":"Desk that answers, never a name."},{"name":"answer","type":"string","doc":"What it answers."},{"name":"answered_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When it answered: the same in every revision, so that the time to an answer can be told."},{"name":"joint_action","type":["null","string"],"doc":"Name of the joint action that was opened on it, in the system of whoever opened it. Null where none was.","default":null},{"name":"outcome","type":["null","string"],"doc":"What the alert turned out to be. Null until that is known.","default":null},{"name":"note","type":["null","string"],"doc":"What the others should know, in words. Leave persons out: the gate scrubs what it recognises, and nothing can scrub what it does not.","default":null},{"name":"release_to","type":{"type":"array","items":"string"},"doc":"Who may see it: names of districts, group:<name> for a group of the sharing agreement, or all. Empty keeps it with its owner."},{"name":"release_purposes","type":{"type":"array","items":"string"},"doc":"What it may be used for."},{"name":"release_conditions","type":["null","string"],"doc":"Terms in words, such as: ask the owner before any action. Null where there are none.","default":null},{"name":"release_handling","type":"string","doc":"Whether a recipient may act on it and pass it on as released (P), or must ask first (C)."},{"name":"release_expires_at","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"doc":"When the release ends, after which nobody but the owner may see it. Null: only the retention of the tables ends it.","default":null}]}'
);
