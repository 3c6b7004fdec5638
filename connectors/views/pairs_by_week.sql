-- example: SELECT week, sum(pairs) AS pairs FROM pairs_by_week GROUP BY week ORDER BY week
CREATE OR REPLACE VIEW pairs_by_week SQL SECURITY INVOKER AS
SELECT
    toMonday(greatest(a_occurred_from, b_occurred_from)) AS week,
    category,
    count() AS pairs
FROM links FINAL
GROUP BY week, category
COMMENT 'Linked pairs by the week (from Monday, UTC) in which the later of the two incidents began.';
