-- example: SELECT * FROM rejections_by_reason ORDER BY rejections DESC
CREATE OR REPLACE VIEW rejections_by_reason SQL SECURITY INVOKER AS
SELECT
    district,
    reason,
    count() AS rejections,
    max(rejected_at) AS latest_rejected_at
FROM rejections FINAL
GROUP BY district, reason
COMMENT 'What was refused, by district and reason. The district - stands for what the loader could not read.';
