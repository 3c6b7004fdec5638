CREATE TABLE IF NOT EXISTS `crossbeat`.`quality_runs`
(
    `run_id` String COMMENT 'Record type and the span of landing times that was checked, in milliseconds since 1970.' CODEC(ZSTD(1)),
    `record_type` LowCardinality(String) COMMENT 'Record type whose table was checked.',
    `expectation` LowCardinality(String) COMMENT 'Name of the check that failed, with its field; batch for the record of the whole.',
    `field` LowCardinality(Nullable(String)) COMMENT 'Field that it speaks of. Null for the whole and for checks of several fields.',
    `passed` Bool COMMENT 'Whether the batch passed: true only in the record of the whole.',
    `rows` UInt64 COMMENT 'Rows in the batch.' CODEC(ZSTD(1)),
    `failed_rows` UInt64 COMMENT 'Rows that failed this check; in the record of the whole, rows that failed any.' CODEC(ZSTD(1)),
    `record_ids` Array(String) COMMENT 'Ids of the first 1,000 rows that failed, sorted.' CODEC(ZSTD(1)),
    `landed_from` DateTime64(3, 'UTC') COMMENT 'Rows landed after this moment were checked.' CODEC(Delta(8), ZSTD(1)),
    `landed_to` DateTime64(3, 'UTC') COMMENT 'Rows landed until this moment, and at it, were checked.' CODEC(Delta(8), ZSTD(1)),
    `checked_at` DateTime64(3, 'UTC') COMMENT 'When it was checked.' CODEC(Delta(8), ZSTD(1)),
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`checked_at`)
PARTITION BY cityHash64(run_id) % 4
ORDER BY (`run_id`, `expectation`)
TTL toDateTime(landed_at) + INTERVAL 365 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'What one check of landed rows found. Each batch has one record for the whole, with expectation batch, and one more for every expectation that it failed. It names records by their ids and holds none of their values.';
