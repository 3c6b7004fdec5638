CREATE TABLE IF NOT EXISTS `crossbeat`.`links`
(
    `link_id` String COMMENT 'The two record ids joined by ~, the smaller by bytes first. So it is the same whichever record arrived first.' CODEC(ZSTD(1)),
    `pattern` LowCardinality(String) COMMENT 'Pattern that found it.',
    `category` LowCardinality(String) COMMENT 'Category that both incidents share.',
    `a_record_id` String COMMENT 'Record id of the incident that comes first in link_id.' CODEC(ZSTD(1)),
    `b_record_id` String COMMENT 'Record id of the other incident.' CODEC(ZSTD(1)),
    `a_revision` UInt32 COMMENT 'Revision of incident a that was compared.' CODEC(ZSTD(1)),
    `b_revision` UInt32 COMMENT 'Revision of incident b that was compared.' CODEC(ZSTD(1)),
    `a_district` LowCardinality(String) COMMENT 'Owner of incident a.',
    `b_district` LowCardinality(String) COMMENT 'Owner of incident b, never that of a.',
    `a_occurred_from` DateTime64(3, 'UTC') COMMENT 'Earliest moment of incident a.' CODEC(Delta(8), ZSTD(1)),
    `b_occurred_from` DateTime64(3, 'UTC') COMMENT 'Earliest moment of incident b.' CODEC(Delta(8), ZSTD(1)),
    `a_lat` Float64 COMMENT 'Latitude of incident a, WGS 84.' CODEC(ZSTD(1)),
    `a_lon` Float64 COMMENT 'Longitude of incident a, WGS 84.' CODEC(ZSTD(1)),
    `b_lat` Float64 COMMENT 'Latitude of incident b, WGS 84.' CODEC(ZSTD(1)),
    `b_lon` Float64 COMMENT 'Longitude of incident b, WGS 84.' CODEC(ZSTD(1)),
    `lat` Float64 COMMENT 'Latitude of the middle between the two points, WGS 84.' CODEC(ZSTD(1)),
    `lon` Float64 COMMENT 'Longitude of the middle between the two points, WGS 84.' CODEC(ZSTD(1)),
    `metres` Float64 COMMENT 'Great-circle distance between the two points on a sphere of radius 6,371,008.8 m, rounded half up to 0.1.' CODEC(ZSTD(1)),
    `hours` Float64 COMMENT 'Time between the two occurred_from, without sign, rounded half up to 0.01.' CODEC(ZSTD(1)),
    `visible_to` Array(String) COMMENT 'Districts that may see both incidents, and so the pair, sorted. Empty where no district may see both.' CODEC(ZSTD(1)),
    `retracted` Bool COMMENT 'Whether the pair no longer stands: one of its incidents was taken back, or moved in space, time or kind. The versions say by which revision.',
    `version` UInt64 MATERIALIZED toUInt64(a_revision) + b_revision COMMENT 'The highest wins among rows of the same record.' CODEC(ZSTD(1)),
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`version`, `retracted`)
PARTITION BY cityHash64(link_id) % 4
ORDER BY (`link_id`)
TTL toDateTime(landed_at) + INTERVAL 1826 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'Two incidents of two districts that a pattern found near each other in space and time. Each unordered pair stands once.';
