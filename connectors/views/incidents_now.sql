-- example: SELECT record_id, district, category, occurred_from, status FROM incidents_now ORDER BY occurred_from DESC LIMIT 10
CREATE OR REPLACE VIEW incidents_now SQL SECURITY INVOKER AS
SELECT * FROM incidents FINAL
COMMENT 'Each incident once, in its latest revision.';
