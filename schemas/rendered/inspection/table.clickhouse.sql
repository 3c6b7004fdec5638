CREATE TABLE IF NOT EXISTS `crossbeat`.`inspections`
(
    `record_id` String COMMENT 'Name of the record, the same in all its revisions and unlike that of any record of any district. Begin it with the district\'s name and a colon, then the case number of your own system. It must say nothing about a person.' CODEC(ZSTD(1)),
    `district` LowCardinality(String) COMMENT 'District that owns the record. A transfer of the case never changes it. It must be the district whose topic the record is published to.',
    `revision` UInt32 COMMENT 'State of the record: 1 for the first publication, and one more for each that replaces it. The highest counts; one that was already seen changes nothing, and a lower one is rejected as stale.' CODEC(ZSTD(1)),
    `recorded_at` DateTime64(3, 'UTC') COMMENT 'When the owner\'s system wrote this revision, which may be days after the fact.' CODEC(Delta(8), ZSTD(1)),
    `occurred_from` DateTime64(3, 'UTC') COMMENT 'Earliest moment at which it may have begun. Patterns measure time from here.' CODEC(Delta(8), ZSTD(1)),
    `occurred_to` DateTime64(3, 'UTC') COMMENT 'Latest moment at which it may have ended; the same as occurred_from when the moment is known. Never earlier than occurred_from.' CODEC(Delta(8), ZSTD(1)),
    `time_precision` LowCardinality(String) COMMENT 'How far the two times can be trusted. Write day or unknown where your system fills midnight or noon for an hour that it does not know, so that whoever reads the record knows.',
    `lat` Float64 COMMENT 'Latitude, WGS 84.' CODEC(ZSTD(1)),
    `lon` Float64 COMMENT 'Longitude, WGS 84.' CODEC(ZSTD(1)),
    `location_precision_m` Nullable(Float32) COMMENT 'Radius within which the true place lies: 0 for a surveyed point, some 50 for one snapped to a crossing, 200 for the middle of a block. Null where it is not known.' CODEC(ZSTD(1)),
    `premises` String COMMENT 'Number of the premises in your own register, the same at every inspection of them. No address and no name.' CODEC(ZSTD(1)),
    `premises_kind` LowCardinality(String) COMMENT 'What kind of premises they are.',
    `chain` LowCardinality(Nullable(String)) COMMENT 'Code of the chain that the premises belong to, agreed between the districts, so that the same fault at its other premises is seen. A firm, never a person. Null where there is none.',
    `outcome` LowCardinality(String) COMMENT 'How it ended.',
    `findings` Array(String) COMMENT 'What was found wrong. Empty where nothing was.' CODEC(ZSTD(1)),
    `rectify_by` Nullable(DateTime64(3, 'UTC')) COMMENT 'Until when the findings are to be put right. Past it, and without corrected_at, the inspection is overdue.' CODEC(Delta(8), ZSTD(1)),
    `corrected_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'When it was seen that all was put right: publish it as the next revision. Null until then.' CODEC(Delta(8), ZSTD(1)),
    `grading_source` LowCardinality(String) COMMENT 'How reliable the source has been.',
    `grading_information` LowCardinality(String) COMMENT 'How the information is known: from A, directly, to E, suspected false.',
    `statement` LowCardinality(String) COMMENT 'Whether the record states a fact that was reported or an assessment made of facts.',
    `release_to` Array(String) COMMENT 'Who may see it: names of districts, group:<name> for a group of the sharing agreement, or all. Empty keeps it with its owner.' CODEC(ZSTD(1)),
    `release_purposes` Array(String) COMMENT 'What it may be used for.' CODEC(ZSTD(1)),
    `release_conditions` Nullable(String) COMMENT 'Terms in words, such as: ask the owner before any action. Null where there are none.' CODEC(ZSTD(1)),
    `release_handling` LowCardinality(String) COMMENT 'Whether a recipient may act on it and pass it on as released (P), or must ask first (C).',
    `release_expires_at` Nullable(DateTime64(3, 'UTC')) COMMENT 'When the release ends, after which nobody but the owner may see it. Null: only the retention of the tables ends it.' CODEC(Delta(8), ZSTD(1)),
    `h3_9` UInt64 COMMENT 'H3 cell of the point at resolution 9, about 350 m across.' CODEC(ZSTD(1)),
    `near_cells` Array(UInt64) COMMENT 'H3 cells at resolution 9 that the reach of a pattern can touch from this point, its own among them.' CODEC(ZSTD(1)),
    `near_districts` Array(String) COMMENT 'Other districts whose area lies within reach of the point, sorted.' CODEC(ZSTD(1)),
    `place_district` LowCardinality(Nullable(String)) COMMENT 'District whose area holds the point, which need not be the owner. Null where none does.',
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
COMMENT 'An inspection of premises: how it ended, what was found, until when it is to be put right and when it was. It is about premises, never about who runs them or stays there.';
