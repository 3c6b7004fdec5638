-- Each incident comes to every recipient that has a stake in it, under its category; one that replaces another also to
-- those that had that one.
CREATE TEMPORARY VIEW copies AS
SELECT i.record_id, i.revision, i.district, i.occurred_from, i.occurred_to, i.lat, i.lon, i.offence, i.method_of_entry,
       i.point_of_entry, i.tool, i.location_category, c.recipient, c.kind, c.gone
FROM incident AS i,
     LATERAL TABLE(copies_of(i.district, i.category, i.visible_to, i.near_districts, i.retracted, i.prior_category,
                             i.prior_visible_to, '${categories}')) AS c;

-- What a recipient is told: an alert, and the row of its series beside it.
CREATE TEMPORARY VIEW told AS
SELECT *
FROM linked_series(input => TABLE copies PARTITION BY (recipient, kind), on_time => DESCRIPTOR(occurred_from),
                   reachM => CAST(${metres} AS DOUBLE), days => CAST(${days} AS DOUBLE),
                   leastScore => CAST(${least_score} AS DOUBLE), leastStrength => CAST(${least_strength} AS DOUBLE),
                   leastIncidents => ${least_incidents}, keepDays => CAST(${days} + ${lateness_days} AS DOUBLE),
                   uid => 'linked-series-v2');

INSERT INTO alert
SELECT ${alert_columns}
FROM told;

INSERT INTO series
SELECT series_id, revision, sent AS updated_at, `pattern`, category, recipient, incidents AS members, districts,
       first_occurred_from, last_occurred_from, lat, lon, radius_m, score, identifier AS alert, replaces, replaced_by,
       ARRAY[recipient] AS visible_to, msg_type = 'Cancel' AS retracted
FROM told;
