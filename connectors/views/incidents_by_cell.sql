-- example: SELECT cell, sum(incidents) AS incidents FROM incidents_by_cell GROUP BY cell ORDER BY incidents DESC LIMIT 10
CREATE OR REPLACE VIEW incidents_by_cell SQL SECURITY INVOKER AS
SELECT
    if(h3IsValid(toUInt64(h3_9)), h3ToString(toUInt64(h3_9)), '') AS cell,
    category,
    count() AS incidents,
    uniqExact(district) AS districts
FROM incidents FINAL
GROUP BY cell, category
COMMENT 'Incidents by H3 cell of resolution 9 (about 0.1 km2), the cell as the text that map tools read.';
