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
SELECT CASE WHEN reader = side OR reader = district OR ARRAY_CONTAINS(near_districts, reader) THEN 'visit' ELSE 'life' END AS type,
       reader AS recipient, side AS district, district AS owner, record_id, revision, recorded_at,
       CAST(NULL AS STRING) AS area_kind, area, CAST(NULL AS ARRAY<BIGINT NOT NULL>) AS cells, h3_9 AS cell, lat, lon,
       CAST(NULL AS STRING) AS shift_group, CAST(occurred_from AS TIMESTAMP(3)) AS since,
       CAST(occurred_to AS TIMESTAMP(3)) AS until, officers, auxiliaries,
       retracted OR NOT ARRAY_CONTAINS(visible_to, reader) AS gone
FROM patrol
CROSS JOIN UNNEST(ARRAY_UNION(visible_to, prior_visible_to)) AS may (reader)
CROSS JOIN UNNEST(ARRAY_UNION(ARRAY[district], near_districts)) AS beside (side)
WHERE side = district OR reader = side OR reader = district OR ARRAY_CONTAINS(near_districts, reader);

CREATE TEMPORARY VIEW happened AS
SELECT 'incident' AS type, reader AS recipient, side AS district, district AS owner, record_id, CAST(0 AS INT) AS revision, recorded_at,
       CAST(NULL AS STRING) AS area_kind, CAST(NULL AS STRING) AS area, CAST(NULL AS ARRAY<BIGINT NOT NULL>) AS cells,
       h3_9 AS cell, CAST(NULL AS DOUBLE) AS lat, CAST(NULL AS DOUBLE) AS lon, CAST(NULL AS STRING) AS shift_group,
       CAST(occurred_from AS TIMESTAMP(3)) AS since, CAST(NULL AS TIMESTAMP(3)) AS until, CAST(NULL AS INT) AS officers,
       CAST(NULL AS INT) AS auxiliaries, retracted OR NOT ARRAY_CONTAINS(visible_to, reader) AS gone
FROM incident
CROSS JOIN UNNEST(ARRAY_UNION(visible_to, prior_visible_to)) AS may (reader)
CROSS JOIN UNNEST(ARRAY_UNION(ARRAY[district, COALESCE(place_district, district)], near_districts)) AS beside (side)
WHERE (reader = side OR reader = district OR ARRAY_CONTAINS(near_districts, reader))
  -- What came later counts at no moment that is still to be judged: history that is published is not even looked at.
  AND TIMESTAMPDIFF(DAY, occurred_from, gated_at) <= ${demand_days};

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
                    uid => 'coverage-gap-v2');
