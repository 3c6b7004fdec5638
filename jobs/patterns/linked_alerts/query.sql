-- Each link as seen from both its ends: c_ is the centre that the first function is keyed by, o_ the other end.
CREATE TEMPORARY VIEW seen AS
SELECT `pattern`, category, metres, visible_to, retracted,
       a_record_id AS c_record_id, a_revision AS c_revision, a_district AS c_district,
       a_occurred_from AS c_occurred_from, a_lat AS c_lat, a_lon AS c_lon,
       b_record_id AS o_record_id, b_revision AS o_revision, b_district AS o_district,
       b_occurred_from AS o_occurred_from, b_lat AS o_lat, b_lon AS o_lon
FROM link
UNION ALL
SELECT `pattern`, category, metres, visible_to, retracted,
       b_record_id, b_revision, b_district, b_occurred_from, b_lat, b_lon,
       a_record_id, a_revision, a_district, a_occurred_from, a_lat, a_lon
FROM link;

CREATE TEMPORARY VIEW three AS
SELECT `identity`, recipient, `pattern`, category, centre, evidence, gone, gone_revision
FROM triples(link => TABLE seen PARTITION BY c_record_id,
             windowMs => CAST(${days} * 86400000 AS BIGINT), uid => 'linked-alerts-triples-v2');

INSERT INTO alert
SELECT ${alert_columns}
FROM raise_each(offer => TABLE three PARTITION BY (`identity`, recipient), windowMs => CAST(${days} * 86400000 AS BIGINT),
                reach => CAST(${metres} AS DOUBLE), uid => 'linked-alerts-raise-v2');
