-- example: SELECT a_record_id, b_record_id, category, metres, hours FROM links_now ORDER BY metres, hours LIMIT 10
CREATE OR REPLACE VIEW links_now SQL SECURITY INVOKER AS
SELECT * FROM links FINAL
COMMENT 'Each pair of linked incidents once: which two, how far apart in metres and hours, and who may see it.';
