CREATE TABLE IF NOT EXISTS `crossbeat`.`acknowledgements`
(
    `record_id` String COMMENT 'Name of the record, the same in all its revisions and unlike that of any record of any district. Begin it with the district\'s name and a colon, then the case number of your own system. It must say nothing about a person.' CODEC(ZSTD(1)),
    `district` LowCardinality(String) COMMENT 'District that owns the record. A transfer of the case never changes it. It must be the district whose topic the record is published to.',
    `revision` UInt32 COMMENT 'State of the record: 1 for the first publication, and one more for each that replaces it. The highest counts; one that was already seen changes nothing, and a lower one is rejected as stale.' CODEC(ZSTD(1)),
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'When the owner\'s system wrote this revision, which may be days after the fact.' CODEC(Delta(8), ZSTD(1)),
    `alert_identifier` String COMMENT 'Identifier of the alert, or record id of the proposal, that is answered.' CODEC(ZSTD(1)),
    `role` LowCardinality(String) COMMENT 'Desk that answers, never a name.',
    `answer` LowCardinality(String) COMMENT 'What it answers.',
    `answered_at` DateTime64(3, 'UTC') COMMENT 'When it answered: the same in every revision, so that the time to an answer can be told.' CODEC(Delta(8), ZSTD(1)),
    `joint_action` Nullable(String) COMMENT 'Name of the joint action that was opened on it, in the system of whoever opened it. Null where none was.' CODEC(ZSTD(1)),
    `outcome` LowCardinality(Nullable(String)) COMMENT 'What the alert turned out to be. Null until that is known.',
    `note` Nullable(String) COMMENT 'What the others should know, in words. Leave persons out: the gate scrubs what it recognises, and nothing can scrub what it does not.' CODEC(ZSTD(1)),
    `release_to` Array(String) COMMENT 'Who may see it: names of districts, group:<name> for a group of the sharing agreement, or all. Empty keeps it with its owner.' CODEC(ZSTD(1)),
    `release_purposes` Array(String) COMMENT 'What it may be used for.' CODEC(ZSTD(1)),
    `release_conditions` Nullable(String) COMMENT 'Terms in words, such as: ask the owner before any action. Null where there are none.' CODEC(ZSTD(1)),
    `release_handling` LowCardinality(String) COMMENT 'Whether a recipient may act on it and pass it on as released (P), or must ask first (C).',
    `release_expires_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'When the release ends, after which nobody but the owner may see it. Null: only the retention of the tables ends it.' CODEC(Delta(8), ZSTD(1)),
    `visible_to` Array(String) COMMENT 'Every district that may see the record, by name, its owner among them, sorted: the release worked out against the sharing agreement.' CODEC(ZSTD(1)),
    `gated_at` DateTime64(3, 'UTC') COMMENT 'When the gate let it through.' CODEC(Delta(8), ZSTD(1)),
    `source_topic` LowCardinality(String) COMMENT 'Topic that it came from.',
    `source_partition` UInt32 COMMENT 'Always 0: the place in that topic is told in the header `source` of the message in the shared topic, which the platform alone reads.' CODEC(ZSTD(1)),
    `source_offset` UInt64 COMMENT 'Always 0, as the partition: two offsets would tell how many records lie between them, and some of them may not be for the reader.' CODEC(ZSTD(1)),
    `retracted` Bool COMMENT 'Whether its owner took the record back. What is left then is its id and what is needed to undo what was derived from it: texts and details are gone.',
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`revision`, `retracted`)
PARTITION BY cityHash64(record_id) % 4
ORDER BY (`district`, `record_id`)
TTL toDateTime(landed_at) + INTERVAL 1826 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'What a district answers to an alert, and later what came of it. One record for each alert and desk: the answer is its first revision, the outcome a later one.';
