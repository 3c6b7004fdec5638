-- example: SELECT category, length(members) AS incidents, districts, round(radius_m) AS radius_m, score FROM series_now ORDER BY score DESC LIMIT 10
CREATE OR REPLACE VIEW series_now SQL SECURITY INVOKER AS
SELECT * FROM series FINAL
COMMENT 'Each series that stands once for each recipient: its incidents, where and when they lie, and how strongly they hang together.';
