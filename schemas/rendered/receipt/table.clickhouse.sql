CREATE TABLE IF NOT EXISTS `crossbeat`.`receipts`
(
    `receipt_id` String COMMENT 'Type, id and version of what was delivered, joined by |.' CODEC(ZSTD(1)),
    `record_type` LowCardinality(String) COMMENT 'What was delivered: a record type of districts, link, series or alert.',
    `record_id` String COMMENT 'Its record id, link id or identifier.' CODEC(ZSTD(1)),
    `version` UInt64 COMMENT 'Its revision; of a link the sum of both, of an alert 1.' CODEC(ZSTD(1)),
    `recipients` Array(String) COMMENT 'Districts that it went to, sorted.' CODEC(ZSTD(1)),
    `withdrawn_from` Array(String) COMMENT 'Districts that it was taken back from, sorted.' CODEC(ZSTD(1)),
    `delivered_at` DateTime64(3, 'UTC') COMMENT 'When the router sent it.' CODEC(Delta(8), ZSTD(1)),
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`delivered_at`)
PARTITION BY cityHash64(receipt_id) % 4
ORDER BY (`receipt_id`)
TTL toDateTime(landed_at) + INTERVAL 1826 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'That the router delivered a record, a link or an alert to districts, or took it back from them: who had what, and until when.';
