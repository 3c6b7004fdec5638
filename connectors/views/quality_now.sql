-- example: SELECT checked_at, record_type, expectation, field, failed_rows FROM quality_now ORDER BY checked_at DESC LIMIT 10
CREATE OR REPLACE VIEW quality_now SQL SECURITY INVOKER AS
SELECT * FROM quality_runs FINAL WHERE NOT passed
COMMENT 'Batches of landed rows that failed a check: which check of which table, how many rows, and their ids.';
