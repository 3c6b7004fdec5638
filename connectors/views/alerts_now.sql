-- example: SELECT sent, severity, headline, districts FROM alerts_now ORDER BY sent DESC LIMIT 10
CREATE OR REPLACE VIEW alerts_now SQL SECURITY INVOKER AS
SELECT *, expires < now64(3) AS expired FROM alerts FINAL
COMMENT 'Each alert once. expired is 1 when it no longer holds.';
