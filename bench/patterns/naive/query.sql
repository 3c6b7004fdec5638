CREATE TEMPORARY VIEW placed AS
SELECT record_id, revision, district, category, occurred_from, lat, lon, visible_to,
       CAST(FLOOR(lat / ${lat_deg}) AS BIGINT) AS y, CAST(FLOOR(lon / ${lon_deg}) AS BIGINT) AS x
FROM incident;

CREATE TEMPORARY VIEW spread AS
SELECT p.record_id, p.revision, p.district, p.category, p.occurred_from, p.lat, p.lon, p.visible_to,
       p.y + up.step AS y, p.x + across.step AS x
FROM placed AS p
     CROSS JOIN UNNEST(ARRAY[-1, 0, 1]) AS up(step)
     CROSS JOIN UNNEST(ARRAY[-1, 0, 1]) AS across(step);

CREATE TEMPORARY VIEW near AS
SELECT a.record_id AS a_record_id, b.record_id AS b_record_id, a.category, a.revision AS a_revision, b.revision AS b_revision,
       a.district AS a_district, b.district AS b_district,
       CAST(a.occurred_from AS TIMESTAMP(3)) AS a_occurred_from, CAST(b.occurred_from AS TIMESTAMP(3)) AS b_occurred_from,
       a.lat AS a_lat, a.lon AS a_lon, b.lat AS b_lat, b.lon AS b_lon,
       ARRAY_INTERSECT(a.visible_to, b.visible_to) AS visible_to,
       2 * 6371008.8e0 * ASIN(LEAST(1e0, SQRT(
           POWER(SIN(RADIANS(b.lat - a.lat) / 2), 2)
           + COS(RADIANS(a.lat)) * COS(RADIANS(b.lat)) * POWER(SIN(RADIANS(b.lon - a.lon) / 2), 2)))) AS metres
FROM spread AS a
     JOIN placed AS b
     ON a.category = b.category AND a.y = b.y AND a.x = b.x
        AND a.occurred_from BETWEEN b.occurred_from - INTERVAL '${days}' DAY AND b.occurred_from + INTERVAL '${days}' DAY
WHERE a.record_id < b.record_id AND a.district <> b.district;

INSERT INTO link
SELECT a_record_id || '~' || b_record_id AS link_id, 'naive' AS `pattern`, category, a_record_id, b_record_id, a_revision,
       b_revision, a_district, b_district, a_occurred_from, b_occurred_from, a_lat, a_lon, b_lat, b_lon,
       (a_lat + b_lat) / 2 AS lat, (a_lon + b_lon) / 2 AS lon, FLOOR(metres * 10 + 0.5) / 10 AS metres,
       ABS(TIMESTAMPDIFF(SECOND, a_occurred_from, b_occurred_from)) / 3600e0 AS hours, visible_to,
       FALSE AS retracted, ARRAY_REMOVE(ARRAY[''], '') AS prior_visible_to
FROM near
WHERE metres <= ${metres};
