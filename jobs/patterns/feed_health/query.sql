-- Every record of the types that systems send by themselves.
CREATE TEMPORARY VIEW sent AS
SELECT district, 'incident' AS record_type, '' AS camera, record_id, recorded_at, lat, lon, gated_at, retracted, prior_revision, release_expires_at FROM incident
UNION ALL
SELECT district, 'patrol', '', record_id, recorded_at, lat, lon, gated_at, retracted, prior_revision, release_expires_at FROM patrol
UNION ALL
SELECT district, 'camera_event', camera, record_id, recorded_at, lat, lon, gated_at, retracted, prior_revision, release_expires_at FROM camera_event
UNION ALL
SELECT district, 'online_report', '', record_id, recorded_at, lat, lon, gated_at, retracted, prior_revision, release_expires_at FROM online_report
UNION ALL
SELECT district, 'inspection', '', record_id, recorded_at, lat, lon, gated_at, retracted, prior_revision, release_expires_at FROM inspection;

-- Every record as a word of its district: who, of what type, when it was written, when it arrived. A retraction's stub is none,
-- nor is what the gate writes when a release is over: nobody sent it.
CREATE TEMPORARY VIEW word AS
SELECT district AS recipient, record_type, camera, record_id, recorded_at AS happened_at, gated_at,
       lat, lon, CAST(NULL AS STRING) AS reason, CAST(NULL AS STRING) AS fault, CAST(NULL AS BIGINT) AS number,
       CAST(NULL AS BIGINT) AS took_s
FROM sent WHERE NOT retracted AND (prior_revision IS NULL OR release_expires_at IS NULL OR release_expires_at > gated_at)
UNION ALL
-- Rows of a file that were refused before they were published stand under file:<name>: whoever published it was told.
SELECT district, SPLIT_INDEX(topic, '.', 1), '', COALESCE(record_id, rejection_id), rejected_at, rejected_at,
       CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), reason, field, `offset`, -ahead_s
FROM rejection WHERE topic LIKE district || '.%'
UNION ALL
-- Vehicle reads that nobody asks for are counted at the gate and kept nowhere: that a camera sent some is its word.
SELECT district, 'camera_event', of_count.camera, district || ':read_count-' || DATE_FORMAT(`hour`, 'yyyy-MM-dd''T''HH'),
       counted_at, counted_at, CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS BIGINT),
       CAST(quickest_s AS BIGINT)
FROM read_count CROSS JOIN UNNEST(cameras) AS of_count (camera)
UNION ALL
SELECT district, 'camera_event', '', district || ':read_count-' || DATE_FORMAT(`hour`, 'yyyy-MM-dd''T''HH'),
       counted_at, counted_at, CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(let_go AS BIGINT),
       CAST(quickest_s AS BIGINT)
FROM read_count WHERE let_go IS NOT NULL
UNION ALL
-- The clock lets time pass when all are silent; it is nobody's word.
SELECT '', '', '', '', `at`, `at`, CAST(NULL AS DOUBLE), CAST(NULL AS DOUBLE), CAST(NULL AS STRING), CAST(NULL AS STRING), CAST(NULL AS BIGINT), CAST(NULL AS BIGINT)
FROM clock;

INSERT INTO alert
SELECT ${alert_columns}
FROM health(input => TABLE word PARTITION BY (recipient, record_type), on_time => DESCRIPTOR(happened_at),
            text => '${improbable} ${feed_hours} ${camera_hours} ${silences} ${learn_hours} ${live_hours} ${ahead_s} ${behind_s} ${refused} ${stands_days}',
            uid => 'feed-health-v3');
