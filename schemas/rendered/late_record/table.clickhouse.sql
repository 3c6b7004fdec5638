CREATE TABLE IF NOT EXISTS `crossbeat`.`late_records`
(
    `record_id` String COMMENT 'Record id of the incident.' CODEC(ZSTD(1)),
    `district` LowCardinality(String) COMMENT 'Its owner.',
    `revision` UInt32 COMMENT 'Its revision.' CODEC(ZSTD(1)),
    `pattern` LowCardinality(String) COMMENT 'Pattern that it was too late for.',
    `category` LowCardinality(String) COMMENT 'Its category.',
    `occurred_from` DateTime64(3, 'UTC') COMMENT 'Its earliest moment.' CODEC(Delta(8), ZSTD(1)),
    `watermark` DateTime64(3, 'UTC') COMMENT 'How far the pattern\'s clock had come when it arrived.' CODEC(Delta(8), ZSTD(1)),
    `late_by_hours` Float64 COMMENT 'How far it lay before the oldest state still kept.' CODEC(ZSTD(1)),
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`revision`)
PARTITION BY cityHash64(record_id) % 4
ORDER BY (`pattern`, `record_id`)
TTL toDateTime(landed_at) + INTERVAL 1826 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'An incident that arrived after the pattern had dropped the state that it would have met. It is not lost: a catch-up pairs it from the tables.';
