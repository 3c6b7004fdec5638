-- example: SELECT * FROM pairs_by_border ORDER BY pairs DESC LIMIT 10
CREATE OR REPLACE VIEW pairs_by_border SQL SECURITY INVOKER AS
SELECT
    least(a_district, b_district) AS district,
    greatest(a_district, b_district) AS neighbour,
    count() AS pairs,
    uniqExact(category) AS categories,
    round(avg(metres), 1) AS mean_metres,
    max(greatest(a_occurred_from, b_occurred_from)) AS latest_occurred_from
FROM links FINAL
GROUP BY district, neighbour
COMMENT 'Linked pairs by the two districts whose border they cross; the names in alphabetical order.';
