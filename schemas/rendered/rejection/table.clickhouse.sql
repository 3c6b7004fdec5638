CREATE TABLE IF NOT EXISTS `crossbeat`.`rejections`
(
    `rejection_id` String COMMENT 'Topic, partition and offset of the message, joined by colons.' CODEC(ZSTD(1)),
    `district` LowCardinality(String) COMMENT 'District that sent it, by its topic.',
    `topic` LowCardinality(String) COMMENT 'Topic in which it stands, or file:<name> for a row of a file that was refused before it was published.',
    `partition` UInt32 COMMENT 'Partition of that topic; 0 for a file.' CODEC(ZSTD(1)),
    `offset` UInt64 COMMENT 'Offset in that partition, or number of the row in the file.' CODEC(ZSTD(1)),
    `schema_id` Nullable(Int32) COMMENT 'Registry id that the message names. Null where it names none.' CODEC(ZSTD(1)),
    `reason` LowCardinality(String) COMMENT 'Why it was refused.',
    `field` LowCardinality(Nullable(String)) COMMENT 'First field that is at fault. Null where the fault is of the whole.',
    `message` String COMMENT 'What is wrong and what to do next, without the value itself.' CODEC(ZSTD(1)),
    `attempts` UInt32 COMMENT 'How often it was tried.' CODEC(ZSTD(1)),
    `record_id` Nullable(String) COMMENT 'Record id, where the message could be read that far.' CODEC(ZSTD(1)),
    `raw_size` UInt64 COMMENT 'Size of the whole message.' CODEC(ZSTD(1)),
    `raw_sha256` String COMMENT 'SHA-256 of the whole message, in hexadecimal.' CODEC(ZSTD(1)),
    `rejected_at` DateTime64(3, 'UTC') COMMENT 'When it was refused.' CODEC(Delta(8), ZSTD(1)),
    `ahead_s` Nullable(UInt64) COMMENT 'By how much its recorded_at was ahead of the gate\'s clock, where that is why it was refused: a clock that runs ahead shows in it. Null for any other reason.' CODEC(ZSTD(1)),
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`rejected_at`)
PARTITION BY cityHash64(rejection_id) % 4
ORDER BY (`rejection_id`)
TTL toDateTime(landed_at) + INTERVAL 90 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'A message that could not be let through: why, where it stands, and its bytes. Nothing is dropped silently; only its sender and the operators see it.';
