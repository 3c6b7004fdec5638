CREATE TABLE IF NOT EXISTS `crossbeat`.`alerts`
(
    `identifier` String COMMENT 'Name of the alert, worked out from its pattern and evidence (CAP identifier).' CODEC(ZSTD(1)),
    `sender` LowCardinality(String) COMMENT 'Who sent it: the platform\'s own name (CAP sender).',
    `sent` DateTime64(3, 'UTC') COMMENT 'When it was sent (CAP sent).' CODEC(Delta(8), ZSTD(1)),
    `status` LowCardinality(String) COMMENT 'Whether to act on it (CAP status).',
    `msg_type` LowCardinality(String) COMMENT 'New, a new state of one known, or its end (CAP msgType).',
    `scope` LowCardinality(String) COMMENT 'Always Restricted: it goes to the districts in visible_to only (CAP scope).',
    `urgency` LowCardinality(String) COMMENT 'How soon to act (CAP urgency).',
    `severity` LowCardinality(String) COMMENT 'How grave it is (CAP severity).',
    `certainty` LowCardinality(String) COMMENT 'How sure it is (CAP certainty).',
    `event` LowCardinality(String) COMMENT 'Kind of event, in a few words (CAP event).',
    `headline` String COMMENT 'One line for a screen or a pager (CAP headline).' CODEC(ZSTD(1)),
    `description` String COMMENT 'Why it was sent, in plain words (CAP description).' CODEC(ZSTD(1)),
    `references` Array(String) COMMENT 'Identifiers of the earlier alerts that this one updates or cancels (CAP references).' CODEC(ZSTD(1)),
    `effective` DateTime64(3, 'UTC') COMMENT 'From when it holds (CAP effective).' CODEC(Delta(8), ZSTD(1)),
    `expires` DateTime64(3, 'UTC') COMMENT 'Until when it holds (CAP expires).' CODEC(Delta(8), ZSTD(1)),
    `incidents` Array(String) COMMENT 'Record ids of the incidents that are its evidence, sorted (CAP incidents).' CODEC(ZSTD(1)),
    `pattern` LowCardinality(String) COMMENT 'Pattern that made it.',
    `category` LowCardinality(String) COMMENT 'Category of its incidents.',
    `score` Float64 COMMENT 'Strength of the pattern by its own measure: the higher, the stronger. Compare it only within a pattern.' CODEC(ZSTD(1)),
    `districts` Array(String) COMMENT 'Districts whose incidents are its evidence, sorted.' CODEC(ZSTD(1)),
    `visible_to` Array(String) COMMENT 'Districts that may see every incident of its evidence, and so the alert, sorted.' CODEC(ZSTD(1)),
    `lat` Float64 COMMENT 'Latitude of the middle of its circle, WGS 84 (CAP circle).' CODEC(ZSTD(1)),
    `lon` Float64 COMMENT 'Longitude of the middle of its circle, WGS 84 (CAP circle).' CODEC(ZSTD(1)),
    `radius_m` Float64 COMMENT 'Radius of the circle that holds all its incidents (CAP circle, there in km).' CODEC(ZSTD(1)),
    `first_occurred_from` DateTime64(3, 'UTC') COMMENT 'Earliest moment of its first incident.' CODEC(Delta(8), ZSTD(1)),
    `last_occurred_from` DateTime64(3, 'UTC') COMMENT 'Earliest moment of its last incident.' CODEC(Delta(8), ZSTD(1)),
    `recipient` LowCardinality(String) COMMENT 'District that it was worked out for, from records that this district may see and no others; empty in alerts from before there were recipients.',
    `landed_at` DateTime64(3, 'UTC') DEFAULT now64(3) COMMENT 'When the row was inserted.' CODEC(Delta(8), ZSTD(1))
)
ENGINE = ReplacingMergeTree(`sent`)
PARTITION BY cityHash64(identifier) % 4
ORDER BY (`identifier`)
TTL toDateTime(landed_at) + INTERVAL 1826 DAY
SETTINGS non_replicated_deduplication_window = 10000
COMMENT 'A warning to districts that a pattern crosses their border, in the terms of the Common Alerting Protocol 1.2, with the evidence that made it. Delivered at least once: its identifier is worked out from its evidence, so a second copy is known by it.';
