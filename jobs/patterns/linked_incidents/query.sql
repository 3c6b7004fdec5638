-- Each incident comes to its own cell, and to the cells before it in order that its reach touches.
CREATE TEMPORARY VIEW copies AS
SELECT i.record_id, i.revision, i.district, i.category, i.occurred_from, i.lat, i.lon, i.visible_to, c.home,
       CASE '${match_on}' WHEN 'category' THEN i.category WHEN 'offence' THEN i.offence ELSE '' END AS match_value,
       c.cell
FROM incident AS i,
     LATERAL TABLE(cells(i.lat, i.lon, CAST(${cell_m} AS DOUBLE), CAST(${metres} AS DOUBLE))) AS c;

-- There it meets those of other districts that are near in space and time.
CREATE TEMPORARY VIEW found AS
SELECT *
FROM linked_incidents(input => TABLE copies PARTITION BY (match_value, cell), on_time => DESCRIPTOR(occurred_from),
                      metres => CAST(${metres} AS DOUBLE), windowMs => CAST(${days} * 86400000 AS BIGINT),
                      latenessMs => CAST(${lateness_days} * 86400000 AS BIGINT), uid => 'linked-incidents-v1');

INSERT INTO link
SELECT link_id, 'linked_incidents' AS `pattern`, category, a_record_id, b_record_id, a_revision, b_revision, a_district,
       b_district, a_occurred_from, b_occurred_from, a_lat, a_lon, b_lat, b_lon, lat, lon, metres, hours, visible_to,
       FALSE AS retracted, CAST(ARRAY[] AS ARRAY<STRING NOT NULL>) AS prior_visible_to
FROM found
WHERE kind = 'pair';

INSERT INTO late_record
SELECT a_record_id AS record_id, a_district AS district, a_revision AS revision, 'linked_incidents' AS `pattern`, category,
       a_occurred_from AS occurred_from, `watermark`, late_by_hours
FROM found
WHERE kind = 'late';
