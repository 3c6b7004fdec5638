CREATE TEMPORARY TABLE `proposal_district` (
  `record_id` STRING NOT NULL,
  `district` STRING NOT NULL,
  `revision` INT NOT NULL,
  `recorded_at` TIMESTAMP(3) NOT NULL,
  `target_record_type` STRING NOT NULL,
  `target_record_id` STRING NOT NULL,
  `target_revision` INT NOT NULL,
  `field` STRING NOT NULL,
  `value` STRING NOT NULL,
  `reason` STRING NOT NULL,
  `note` STRING,
  `release_to` ARRAY<STRING NOT NULL> NOT NULL,
  `release_purposes` ARRAY<STRING NOT NULL> NOT NULL,
  `release_conditions` STRING,
  `release_handling` STRING NOT NULL,
  `release_expires_at` TIMESTAMP(3)
) WITH (
  'connector' = 'kafka',
  'topic' = '${district}.proposal.v1',
  'properties.bootstrap.servers' = '${bootstrap}',
  'value.format' = 'avro-confluent',
  'value.avro-confluent.url' = '${registry}',
  'value.avro-confluent.subject' = 'proposal.v1-value',
  'key.format' = 'raw',
  'key.fields' = 'record_id',
  'value.fields-include' = 'ALL',
  'value.avro-confluent.schema' = '{"type":"record","name":"Proposal","namespace":"crossbeat","doc":"A district proposes to correct one field of another''s record. It has no effect: only the owner can publish a revision, and does so if it accepts. Released to the owner, it reaches it like any record.","fields":[{"name":"record_id","type":"string","doc":"Name of the record, the same in all its revisions and unlike that of any record of any district. Begin it with the district''s name and a colon, then the case number of your own system. It must say nothing about a person."},{"name":"district","type":"string","doc":"District that owns the record. A transfer of the case never changes it. It must be the district whose topic the record is published to."},{"name":"revision","type":"int","doc":"State of the record: 1 for the first publication, and one more for each that replaces it. The highest counts; one that was already seen changes nothing, and a lower one is rejected as stale."},{"name":"recorded_at","type":{"type":"long","logicalType":"timestamp-millis"},"doc":"When the owner''s system wrote this revision, which may be days after the fact."},{"name":"target_record_type","type":"string","doc":"What kind of record it is about."},{"name":"target_record_id","type":"string","doc":"Record id of the record that should be corrected: another district''s."},{"name":"target_revision","type":"int","doc":"Revision that the proposer saw. The owner can tell by it that the record has changed since."},{"name":"field","type":"string","doc":"Name of the field that should be another."},{"name":"value","type":"string","doc":"What it should be, as text: a code, a number with a point, a time in ISO 8601 with its zone. Empty for no value."},{"name":"reason","type":"string","doc":"Why."},{"name":"note","type":["null","string"],"doc":"What the owner should know, in words. Leave persons out.","default":null},{"name":"release_to","type":{"type":"array","items":"string"},"doc":"Who may see it: names of districts, group:<name> for a group of the sharing agreement, or all. Empty keeps it with its owner."},{"name":"release_purposes","type":{"type":"array","items":"string"},"doc":"What it may be used for."},{"name":"release_conditions","type":["null","string"],"doc":"Terms in words, such as: ask the owner before any action. Null where there are none.","default":null},{"name":"release_handling","type":"string","doc":"Whether a recipient may act on it and pass it on as released (P), or must ask first (C)."},{"name":"release_expires_at","type":["null",{"type":"long","logicalType":"timestamp-millis"}],"doc":"When the release ends, after which nobody but the owner may see it. Null: only the retention of the tables ends it.","default":null}]}'
);
