-- example: SELECT hour, sum(incidents) AS incidents FROM incidents_by_district_hour GROUP BY hour ORDER BY hour
CREATE OR REPLACE VIEW incidents_by_district_hour SQL SECURITY INVOKER AS
SELECT
    district,
    category,
    toHour(occurred_from) AS hour,
    count() AS incidents
FROM incidents FINAL
WHERE time_precision IN ('minute', 'hour')
GROUP BY district, category, hour
COMMENT 'Incidents by district, category and hour of the day (UTC). Only those whose hour is known: time_precision minute or hour.';
