-- example: SELECT * FROM pairs_by_category ORDER BY pairs DESC
CREATE OR REPLACE VIEW pairs_by_category SQL SECURITY INVOKER AS
SELECT
    category,
    count() AS pairs,
    uniqExact(least(a_district, b_district), greatest(a_district, b_district)) AS borders,
    round(medianExact(metres), 1) AS median_metres,
    round(medianExact(hours), 2) AS median_hours
FROM links FINAL
GROUP BY category
COMMENT 'Linked pairs by category: how many, over how many borders, and how near in the middle of the list.';
