-- Everything comes to the districts that a gap would be told to (recipient), at the district whose places it may concern
-- (district): the owner's, and for what lies near a border the neighbour's as well.
CREATE TEMPORARY VIEW planned AS
SELECT 'duty' AS type, reader AS recipient, district, district AS owner, record_id, revision, recorded_at, area_kind, area, cells,
       CAST(NULL AS BIGINT) AS cell, CAST(NULL AS DOUBLE) AS lat, CAST(NULL AS DOUBLE) AS lon, shift_group,
       CAST(duty_from AS TIMESTAMP(3)) AS since, CAST(duty_to AS TIMESTAMP(3)) AS until, officers, auxiliaries,
       retracted OR NOT ARRAY_CONTAINS(visible_to, reader) AS gone
FROM duty CROSS JOIN UNNEST(ARRAY_UNION(visible_to, prior_visible_to)) AS may (reader);

-- A visit is `life` to those far off: it only shows that the feed of the district is not silent.
CREATE TEMPORARY VIEW visited AS
SELECT CASE WHEN s.near THEN 'visit' ELSE 'life' END AS type, s.recipient, s.side AS district, p.district AS owner, p.record_id,
       p.revision, p.recorded_at, CAST(NULL AS STRING) AS area_kind, p.area, CAST(NULL AS ARRAY<BIGINT NOT NULL>) AS cells,
       p.h3_9 AS cell, p.lat, p.lon, CAST(NULL AS STRING) AS shift_group, CAST(p.occurred_from AS TIMESTAMP(3)) AS since,
       CAST(p.occurred_to AS TIMESTAMP(3)) AS until, p.officers, p.auxiliaries, p.retracted OR NOT s.sees AS gone
FROM patrol AS p,
     LATERAL TABLE(sides_of(p.visible_to, p.prior_visible_to, p.district, CAST(NULL AS STRING), p.near_districts)) AS s;

CREATE TEMPORARY VIEW happened AS
SELECT 'incident' AS type, s.recipient, s.side AS district, i.district AS owner, i.record_id, CAST(0 AS INT) AS revision,
       i.recorded_at, CAST(NULL AS STRING) AS area_kind, CAST(NULL AS STRING) AS area,
       CAST(NULL AS ARRAY<BIGINT NOT NULL>) AS cells, i.h3_9 AS cell, CAST(NULL AS DOUBLE) AS lat, CAST(NULL AS DOUBLE) AS lon,
       CAST(NULL AS STRING) AS shift_group, CAST(i.occurred_from AS TIMESTAMP(3)) AS since, CAST(NULL AS TIMESTAMP(3)) AS until,
       CAST(NULL AS INT) AS officers, CAST(NULL AS INT) AS auxiliaries, i.retracted OR NOT s.sees AS gone
FROM incident AS i,
     LATERAL TABLE(sides_of(i.visible_to, i.prior_visible_to, i.district, i.place_district, i.near_districts)) AS s
WHERE s.near
  -- What came later counts at no moment that is still to be judged: history that is published is not even looked at.
  AND TIMESTAMPDIFF(DAY, i.occurred_from, i.gated_at) <= ${demand_days};

CREATE TEMPORARY VIEW seen AS
SELECT * FROM planned
UNION ALL
SELECT * FROM visited
UNION ALL
SELECT * FROM happened
UNION ALL
-- The clock lets time pass when all are silent; it is nobody's.
SELECT '', '', '', '', '', 0, `at`, CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS ARRAY<BIGINT NOT NULL>),
       CAST(NULL AS BIGINT), CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), CAST(NULL AS STRING), CAST(NULL AS TIMESTAMP(3)),
       CAST(NULL AS TIMESTAMP(3)), CAST(NULL AS INT), CAST(NULL AS INT), FALSE
FROM clock;

INSERT INTO alert
SELECT ${alert_columns}
FROM watch_coverage(thing => TABLE seen PARTITION BY (recipient, district), on_time => DESCRIPTOR(recorded_at),
                    text => '${missed} ${report_minutes} ${alive_minutes} ${silent_minutes} ${settle_minutes} ${keep_hours} ${demand_days} ${busy_incidents} ${demand_weight} ${near_m} ${stands_hours}|${zone}|${rules}',
                    uid => 'coverage-gap-v3');
