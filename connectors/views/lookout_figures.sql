-- example: SELECT half_year, district, reads, asked_for, hits, confirmed, not_corresponding FROM lookout_figures ORDER BY half_year, district LIMIT 20
CREATE OR REPLACE VIEW lookout_figures SQL SECURITY INVOKER AS
SELECT
    half_year,
    district,
    sum(counted) AS reads,
    sum(let_through) AS asked_for,
    sum(told) AS hits,
    sum(was_it) AS confirmed,
    sum(was_another) AS not_corresponding,
    hits - confirmed - not_corresponding AS unanswered
FROM
(
    SELECT toDate(makeDate(toYear(hour), if(toMonth(hour) <= 6, 1, 7), 1)) AS half_year, toString(district) AS district,
           reads AS counted, asked_for AS let_through, 0 AS told, 0 AS was_it, 0 AS was_another
    FROM read_counts FINAL
    UNION ALL
    SELECT toDate(makeDate(toYear(last_occurred_from), if(toMonth(last_occurred_from) <= 6, 1, 7), 1)), toString(recipient),
           0, 0, 1, answer.was_it, answer.was_another AND NOT answer.was_it
    FROM (SELECT * FROM alerts FINAL WHERE pattern = 'lookout_hit' AND msg_type = 'Alert') AS alert
    LEFT JOIN
    (
        SELECT alert_identifier, district AS answerer, max(outcome IN ('useful', 'not_useful')) AS was_it, max(outcome = 'false') AS was_another
        FROM acknowledgements FINAL
        WHERE NOT retracted AND outcome IS NOT NULL
        GROUP BY alert_identifier, answerer
    ) AS answer ON alert.identifier = answer.alert_identifier AND alert.recipient = answer.answerer
)
GROUP BY half_year, district
COMMENT 'Half-yearly figures of look-outs, by district: vehicle reads its cameras sent, those that a look-out asked for, hits it was told of, and what it answered: the vehicle, another, or nothing yet.';
