CREATE TABLE IF NOT EXISTS `crossbeat`.`read_counts`
(
    `district` LowCardinality(String) COMMENT 'District whose cameras they were.',
    `hour` DateTime64(3, 'UTC') COMMENT 'Beginning of the hour in which they came to the gate.' CODEC(Delta(8), ZSTD(1)),
    `gate` LowCardinality(String) COMMENT 'Gate that counted them.',
    `since` DateTime64(3, 'UTC') COMMENT 'When that run of the gate began: it counts anew from there.' CODEC(Delta(8), ZSTD(1)),
    `counted_at` DateTime64(3, 'UTC') COMMENT 'When the count stood so.' CODEC(Delta(8), ZSTD(1)),
    `reads` UInt64 COMMENT 'Vehicle reads so far.' CODEC(ZSTD(1)),
    `asked_for` UInt64 COMMENT 'Those of them that a live look-out asked for: they alone were let through.' CODEC(ZSTD(1)),
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`counted_at`)
PARTITION BY cityHash64(district) % 4
ORDER BY (`district`, `hour`, `gate`, `since`)
TTL toDateTime(landed_at) + INTERVAL 1826 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'How many vehicle reads a district sent within an hour, and how many of them a look-out asked for: a count, and nothing of any read.';
