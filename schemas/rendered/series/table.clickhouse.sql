CREATE TABLE IF NOT EXISTS `crossbeat`.`series`
(
    `series_id` String COMMENT 'Name of the series to its recipient, worked out from the incident that it was first told of by. Two recipients of one series have one each.' CODEC(ZSTD(1)),
    `revision` UInt32 COMMENT 'Which state of the series it is, counted from 1; a gap says nothing.' CODEC(ZSTD(1)),
    `updated_at` DateTime64(3, 'UTC') COMMENT 'When this state was worked out.' CODEC(Delta(8), ZSTD(1)),
    `pattern` LowCardinality(String) COMMENT 'Pattern that found it.',
    `category` LowCardinality(String) COMMENT 'Category that its incidents share.',
    `recipient` LowCardinality(String) COMMENT 'District that it was worked out for, from incidents that this district may see and no others. It owns one of them at least.',
    `members` Array(String) COMMENT 'Record ids of its incidents, sorted.' CODEC(ZSTD(1)),
    `districts` Array(String) COMMENT 'Owners of its incidents, sorted.' CODEC(ZSTD(1)),
    `first_occurred_from` DateTime64(3, 'UTC') COMMENT 'Earliest moment of its first incident.' CODEC(Delta(8), ZSTD(1)),
    `last_occurred_from` DateTime64(3, 'UTC') COMMENT 'Earliest moment of its last incident.' CODEC(Delta(8), ZSTD(1)),
    `lat` Float64 COMMENT 'Latitude of the middle of its circle, WGS 84.' CODEC(ZSTD(1)),
    `lon` Float64 COMMENT 'Longitude of the middle of its circle, WGS 84.' CODEC(ZSTD(1)),
    `radius_m` Float64 COMMENT 'Radius of the circle that holds all its incidents.' CODEC(ZSTD(1)),
    `score` Float64 COMMENT 'Log odds of the links that hold it together, added up: the higher, the stronger. Compare it only within a pattern; it is 0 where the series ended.' CODEC(ZSTD(1)),
    `alert` String COMMENT 'Identifier of the alert that tells of this state.' CODEC(ZSTD(1)),
    `replaces` Array(String) COMMENT 'Names of other series that incidents of this one were in until now, sorted: those that merged into it, or the one that it fell off from.' CODEC(ZSTD(1)),
    `replaced_by` Nullable(String) COMMENT 'Where it ended because it merged: the name of the series that its incidents are in now.' CODEC(ZSTD(1)),
    `visible_to` Array(String) COMMENT 'Its recipient, who alone may see it.' CODEC(ZSTD(1)),
    `retracted` Bool COMMENT 'Whether the series is no more: it merged into another, or too little of it is left. It then repeats what it was.',
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`updated_at`, `retracted`)
PARTITION BY cityHash64(series_id) % 4
ORDER BY (`series_id`)
TTL toDateTime(landed_at) + INTERVAL 1826 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Incidents that one hand may have done, as one district may see them: one record for each series and recipient, and a revision of it whenever the series grows, merges, falls apart or ends.';
