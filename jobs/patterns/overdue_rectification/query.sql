-- Orders with a deadline, and whatever replaces what may have been one.
CREATE TEMPORARY VIEW ordered AS
SELECT record_id, revision, district, recorded_at, occurred_from, lat, lon, premises, premises_kind, findings, rectify_by,
       corrected_at, near_districts, visible_to, prior_visible_to, retracted
FROM inspection
WHERE rectify_by IS NOT NULL OR retracted OR prior_revision IS NOT NULL;

-- To each district that it concerns, and to each that had the revision before; `stands` where it may see this one.
CREATE TEMPORARY VIEW addressed AS
SELECT reader AS recipient, record_id, revision, district, recorded_at, occurred_from, lat, lon, premises, premises_kind, findings,
       rectify_by, corrected_at,
       NOT retracted AND rectify_by IS NOT NULL AND ARRAY_CONTAINS(visible_to, reader)
       AND (reader = district OR ARRAY_CONTAINS(near_districts, reader)) AS stands
FROM ordered CROSS JOIN UNNEST(ARRAY_UNION(visible_to, prior_visible_to)) AS may (reader)
WHERE reader = district OR ARRAY_CONTAINS(near_districts, reader) OR ARRAY_CONTAINS(prior_visible_to, reader)
UNION ALL
-- The clock lets time pass when there are no inspections; it is nobody's.
SELECT '', '', 0, '', `at`, `at`, CAST(0 AS DOUBLE), CAST(0 AS DOUBLE), '', '', CAST(ARRAY[''] AS ARRAY<STRING NOT NULL>),
       CAST(NULL AS TIMESTAMP(3)), CAST(NULL AS TIMESTAMP(3)), FALSE
FROM clock;

INSERT INTO alert
SELECT ${alert_columns}
FROM watch_order(inspection => TABLE addressed PARTITION BY (recipient, record_id), on_time => DESCRIPTOR(recorded_at),
                 graceMs => CAST(${grace_hours} * 3600000 AS BIGINT), standsMs => CAST(${stands_days} * 86400000 AS BIGINT),
                 uid => 'overdue-rectification-orders-v1');

-- What was found at a chain's premises, a row a reader and finding, and its end where a revision says otherwise.
CREATE TEMPORARY VIEW found AS
SELECT recipient, chain, finding, inspection_id, owner, premises, occurred_from, lat, lon, gone
FROM findings_of(inspection => TABLE inspection PARTITION BY record_id, uid => 'overdue-rectification-findings-v1');

INSERT INTO alert
SELECT ${alert_columns}
FROM tell_repeats(found => TABLE found PARTITION BY (recipient, chain, finding), premises => ${chain_premises},
                  districts => ${chain_districts}, windowMs => CAST(${chain_days} * 86400000 AS BIGINT),
                  uid => 'overdue-rectification-repeats-v1');
