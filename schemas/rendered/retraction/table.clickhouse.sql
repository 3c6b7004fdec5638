CREATE TABLE IF NOT EXISTS `crossbeat`.`retractions`
(
    `record_id` String COMMENT 'Name of the record, the same in all its revisions and unlike that of any record of any district. Begin it with the district\'s name and a colon, then the case number of your own system. It must say nothing about a person.' CODEC(ZSTD(1)),
    `district` LowCardinality(String) COMMENT 'District that owns the record. A transfer of the case never changes it. It must be the district whose topic the record is published to.',
    `revision` UInt32 COMMENT 'State of the record: 1 for the first publication, and one more for each that replaces it. The highest counts; one that was already seen changes nothing, and a lower one is rejected as stale.' CODEC(ZSTD(1)),
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'When the owner\'s system wrote this revision, which may be days after the fact.' CODEC(Delta(8), ZSTD(1)),
    `target_record_type` LowCardinality(String) COMMENT 'What kind of record is taken back.',
    `target_record_id` String COMMENT 'Record id of the record that is taken back. It must be your own.' CODEC(ZSTD(1)),
    `target_revision` UInt32 COMMENT 'Latest revision that is taken back, and all before it with it. Taking back is a revision too, the one after it: a mended record comes back with a revision above that one, at least two above this.' CODEC(ZSTD(1)),
    `reason` LowCardinality(String) COMMENT 'Why it is taken back.',
    `note` Nullable(String) COMMENT 'What those who had it should know, in words, such as what to do with what they made of it. Nothing of what the record said.' CODEC(ZSTD(1)),
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
COMMENT 'A district takes one of its records back, everywhere it went. It goes to every district that had the record, so it has no release of its own.';
