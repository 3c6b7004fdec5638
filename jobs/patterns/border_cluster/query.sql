-- Each incident as each district sees it that may, or could before: who may no longer must forget it. History that is
-- published years later is no news: scanning each day of it took a core for minutes, to tell of what is long over.
CREATE TEMPORARY VIEW seen AS
SELECT r.recipient, i.category AS kind, i.record_id, i.revision, i.district, i.recorded_at, i.occurred_from, i.lat, i.lon,
       i.retracted OR NOT ARRAY_CONTAINS(i.visible_to, r.recipient) AS gone
FROM incident AS i CROSS JOIN UNNEST(ARRAY_UNION(i.visible_to, i.prior_visible_to)) AS r (recipient)
WHERE TIMESTAMPDIFF(DAY, i.occurred_from, i.gated_at) <= ${fresh_days}
UNION ALL
-- One that is of another category now is taken out of the one before.
SELECT r.recipient, i.prior_category, i.record_id, i.revision, i.district, i.recorded_at, i.occurred_from, i.lat, i.lon, TRUE
FROM incident AS i CROSS JOIN UNNEST(i.prior_visible_to) AS r (recipient)
WHERE i.prior_category <> i.category AND TIMESTAMPDIFF(DAY, i.occurred_from, i.gated_at) <= ${fresh_days}
UNION ALL
-- The clock lets time pass when all are silent; it is nobody's incident.
SELECT '', '', '', 0, '', `at`, `at`, CAST(0 AS DOUBLE), CAST(0 AS DOUBLE), TRUE
FROM clock;

INSERT INTO alert
SELECT ${alert_columns}
FROM border_cluster(input => TABLE seen PARTITION BY (recipient, kind), on_time => DESCRIPTOR(recorded_at),
                    text => '${radii_m} / ${windows_days} / ${incidents} ${each_side} ${baseline_days} ${least_days} ${step_h} ${recurrence_days} ${permutations} ${growth}',
                    uid => 'border-cluster-v2');
