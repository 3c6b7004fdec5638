-- example: SELECT * FROM landing_lag
CREATE OR REPLACE VIEW landing_lag SQL SECURITY INVOKER AS
SELECT
    'incidents' AS table,
    count() AS rows,
    maxOrNull(landed_at) AS last_landed_at,
    round(quantileOrNull(0.5)(dateDiff('millisecond', gated_at, landed_at)) / 1000, 3) AS median_s,
    round(quantileOrNull(0.95)(dateDiff('millisecond', gated_at, landed_at)) / 1000, 3) AS p95_s
FROM incidents FINAL
UNION ALL
SELECT
    'alerts', count(), maxOrNull(landed_at),
    round(quantileOrNull(0.5)(dateDiff('millisecond', sent, landed_at)) / 1000, 3),
    round(quantileOrNull(0.95)(dateDiff('millisecond', sent, landed_at)) / 1000, 3)
FROM alerts FINAL
UNION ALL
SELECT
    'rejections', count(), maxOrNull(landed_at),
    round(quantileOrNull(0.5)(dateDiff('millisecond', rejected_at, landed_at)) / 1000, 3),
    round(quantileOrNull(0.95)(dateDiff('millisecond', rejected_at, landed_at)) / 1000, 3)
FROM rejections FINAL
COMMENT 'How fresh each table is: rows, the last landing, and the time from the stamp of a record (gated, sent, rejected) to its row in seconds.';
