-- What must match of an incident, and of the revision that it replaces.
CREATE TEMPORARY VIEW matched AS
SELECT *,
       CASE '${match_on}' WHEN 'category' THEN category WHEN 'offence' THEN offence ELSE '' END AS match_now,
       CASE '${match_on}' WHEN 'category' THEN prior_category WHEN 'offence' THEN prior_offence ELSE '' END AS match_before
FROM incident;

-- Each incident comes to its own cell, and to the cells before it in order that its reach touches. One that was taken
-- back or moved comes to those of the revision before as well, to be taken out there.
CREATE TEMPORARY VIEW copies AS
SELECT i.record_id, i.revision, i.district, i.category, i.occurred_from, i.lat, i.lon, i.visible_to, c.home,
       c.match_value, c.cell, c.prior
FROM matched AS i,
     LATERAL TABLE(copies_of(i.lat, i.lon, CAST(i.occurred_from AS TIMESTAMP(3)), i.match_now, i.visible_to, i.retracted,
                             i.prior_lat, i.prior_lon, i.prior_occurred_from, i.match_before, i.prior_visible_to,
                             CAST(${cell_m} AS DOUBLE), CAST(${metres_most} AS DOUBLE))) AS c;

-- There it meets those of other districts that are near in space and time.
CREATE TEMPORARY VIEW found AS
SELECT *
FROM linked_incidents(input => TABLE copies PARTITION BY (match_value, cell), on_time => DESCRIPTOR(occurred_from),
                      metres => CAST(${metres_most} AS DOUBLE), windowMs => CAST(${days_most} * 86400000 AS BIGINT),
                      latenessMs => CAST(${lateness_days} * 86400000 AS BIGINT),
                      usualM => CAST(${metres} AS DOUBLE), usualMs => CAST(${days} * 86400000 AS BIGINT),
                      metresByPair => '${metres_by_pair}', daysByPair => '${days_by_pair}', uid => 'linked-incidents-v2');

INSERT INTO link
SELECT link_id, 'linked_incidents' AS `pattern`, category, a_record_id, b_record_id, a_revision, b_revision, a_district,
       b_district, a_occurred_from, b_occurred_from, a_lat, a_lon, b_lat, b_lon, lat, lon, metres, hours, visible_to,
       retracted, prior_visible_to
FROM found
WHERE kind = 'pair';

INSERT INTO late_record
SELECT a_record_id AS record_id, a_district AS district, a_revision AS revision, 'linked_incidents' AS `pattern`, category,
       a_occurred_from AS occurred_from, `watermark`, late_by_hours
FROM found
WHERE kind = 'late';
