CREATE TABLE IF NOT EXISTS `crossbeat`.`lookouts`
(
    `record_id` String COMMENT 'Name of the record, the same in all its revisions and unlike that of any record of any district. Begin it with the district\'s name and a colon, then the case number of your own system. It must say nothing about a person.' CODEC(ZSTD(1)),
    `district` LowCardinality(String) COMMENT 'District that owns the record. A transfer of the case never changes it. It must be the district whose topic the record is published to.',
    `revision` UInt32 COMMENT 'State of the record: 1 for the first publication, and one more for each that replaces it. The highest counts; one that was already seen changes nothing, and a lower one is rejected as stale.' CODEC(ZSTD(1)),
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'When the owner\'s system wrote this revision, which may be days after the fact.' CODEC(Delta(8), ZSTD(1)),
    `case_reference` String COMMENT 'Number of the open case that it serves, in your own system, for whoever finds the vehicle to call about.' CODEC(ZSTD(1)),
    `reason` LowCardinality(String) COMMENT 'Why the vehicle is looked for.',
    `authorised_by` LowCardinality(String) COMMENT 'Role that authorised it, never a name; your own system knows who it was.',
    `authorised_at` DateTime64(3, 'UTC') COMMENT 'When it was authorised.' CODEC(Delta(8), ZSTD(1)),
    `expires_at` DateTime64(3, 'UTC') COMMENT 'When it ends by itself. To end it early, publish a revision that ends it sooner, or retract it. To go on longer, have it authorised again and publish a new record.' CODEC(Delta(8), ZSTD(1)),
    `grading_source` LowCardinality(String) COMMENT 'How reliable the source has been.',
    `grading_information` LowCardinality(String) COMMENT 'How the information is known: from A, directly, to E, suspected false.',
    `statement` LowCardinality(String) COMMENT 'Whether the record states a fact that was reported or an assessment made of facts.',
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
TTL toDateTime(landed_at) + INTERVAL 365 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'A vehicle that a district asks its neighbours to look for, under an open case, by a named authority, for a reason, until a day. Never a person, and never without an end.';
