-- A look-out whose authority is not accepted, or that lasts for more than 30 days, is as good as withdrawn.
CREATE TEMPORARY VIEW revised AS
SELECT record_id, revision, district, vehicle_token, case_reference, reason, authorised_by, authorised_at, expires_at, visible_to,
       NOT retracted AND LOCATE(CONCAT(',', authorised_by, ','), ',${authorities},') > 0
       AND authorised_at <= expires_at AND expires_at <= TIMESTAMPADD(DAY, 30, authorised_at) AS stands
FROM lookout;

CREATE TEMPORARY VIEW live AS
SELECT record_id, vehicle, gone, district, case_reference, reason, authority, since, until, readers
FROM current_lookouts(lookout => TABLE revised PARTITION BY record_id, uid => 'lookout-hit-current-v1');

-- Look-outs and reads of a vehicle; only a read has a camera.
CREATE TEMPORARY VIEW seen AS
SELECT vehicle, record_id, CAST(0 AS INT) AS revision, district, readers, since, until, gone, case_reference, reason, authority,
       CAST(NULL AS STRING) AS camera, CAST(NULL AS DOUBLE) AS lat, CAST(NULL AS DOUBLE) AS lon,
       CAST(NULL AS DOUBLE) AS accuracy_m, CAST(NULL AS DOUBLE) AS confidence, CAST(NULL AS ARRAY<STRING NOT NULL>) AS near
FROM live
UNION ALL
SELECT vehicle_token, record_id, revision, district, visible_to, occurred_from, occurred_to, FALSE,
       CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING),
       camera, lat, lon, CAST(COALESCE(location_precision_m, 0) AS DOUBLE), COALESCE(confidence, -1), near_districts
FROM camera_event
WHERE kind = 'vehicle_read' AND vehicle_token IS NOT NULL AND NOT retracted AND COALESCE(confidence, 1) >= ${confidence};

CREATE TEMPORARY VIEW hit AS
SELECT recipient, read_id, lookout_id, gone, read_revision, camera, camera_district, read_at, lat, lon, accuracy_m, confidence,
       owner, case_reference, reason, authority, until
FROM match_reads(thing => TABLE seen PARTITION BY vehicle, againMs => CAST(${again_minutes} * 60000 AS BIGINT),
                 uid => 'lookout-hit-match-v1');

-- Beside the hits: word that a read was corrected or taken back. What is left of it has no token, only its id.
CREATE TEMPORARY VIEW news AS
SELECT recipient, read_id, lookout_id, gone, read_revision, camera, camera_district, read_at, lat, lon, accuracy_m, confidence,
       owner, case_reference, reason, authority, until
FROM hit
UNION ALL
SELECT reader, record_id, CAST(NULL AS STRING), TRUE, revision, camera, district, occurred_from, lat, lon,
       CAST(0 AS DOUBLE), CAST(-1 AS DOUBLE), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS STRING),
       CAST(NULL AS STRING), CAST(NULL AS TIMESTAMP(3))
FROM camera_event CROSS JOIN UNNEST(prior_visible_to) AS had (reader)
WHERE prior_revision IS NOT NULL;

INSERT INTO alert
SELECT ${alert_columns}
FROM tell_hits(hit => TABLE news PARTITION BY (recipient, read_id), holdsMs => CAST(${holds_hours} * 3600000 AS BIGINT),
               uid => 'lookout-hit-tell-v2');
