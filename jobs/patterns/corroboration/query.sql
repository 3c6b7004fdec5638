-- What each type of record says, in one narrow shape; a revision of what no longer counts goes on, to undo what it did.
CREATE TEMPORARY VIEW said AS
SELECT record_id, revision, district, 'camera_event' AS source, kind_of('camera_event', kind, '${kinds}') AS what,
       kind AS code, COALESCE(confidence, 1.0) AS sure, occurred_from, occurred_to, time_precision, lat, lon,
       location_precision_m, grading_source, grading_information, `statement`, near_districts, place_district, visible_to,
       retracted, prior_revision, prior_visible_to
FROM camera_event
UNION ALL
SELECT record_id, revision, district, 'online_report', kind_of('online_report', kind, '${kinds}'), kind, 1.0, occurred_from,
       occurred_to, time_precision, COALESCE(lat, 0.0), COALESCE(lon, 0.0),
       CASE WHEN lat IS NULL THEN CAST(100000 AS FLOAT) ELSE location_precision_m END,
       grading_source, grading_information, `statement`, near_districts, place_district, visible_to, retracted, prior_revision,
       prior_visible_to
FROM online_report
UNION ALL
SELECT record_id, revision, district, 'patrol', kind_of('patrol', observation, '${kinds}'), observation, 1.0, occurred_from,
       occurred_to, time_precision, lat, lon, location_precision_m, grading_source, grading_information, `statement`,
       near_districts, place_district, visible_to, retracted, prior_revision, prior_visible_to
FROM patrol
UNION ALL
SELECT record_id, revision, district, 'incident', kind_of('incident', offence, '${kinds}'), offence, 1.0, occurred_from,
       occurred_to, time_precision, lat, lon, location_precision_m, grading_source, grading_information, `statement`,
       near_districts, place_district, visible_to, retracted, prior_revision, prior_visible_to
FROM incident;

-- What it counts: by its grading, and whether its time and place are exact enough to be compared.
CREATE TEMPORARY VIEW graded AS
SELECT record_id, revision, district, source, COALESCE(what, '') AS what,
       COALESCE(category_of(what, '${kinds}'), '') AS category, occurred_from AS began, CAST(occurred_to AS TIMESTAMP(3)) AS ended,
       lat, lon,
       sure * CASE grading_source WHEN 'reliable' THEN ${reliable} WHEN 'untested' THEN ${untested} ELSE ${not_reliable} END
            * CASE grading_information WHEN 'A' THEN 1.0 WHEN 'B' THEN ${corroborated} WHEN 'C' THEN ${indirect}
                                       WHEN 'D' THEN ${not_known} ELSE 0.0 END
            * CASE `statement` WHEN 'fact' THEN 1.0 ELSE 0.0 END AS weight,
       CONCAT_WS('|', COALESCE(code, ''), grading_source, grading_information) AS details,
       what IS NOT NULL AND NOT retracted AND time_precision NOT IN ('hour', 'day', 'unknown')
           AND TIMESTAMPDIFF(SECOND, CAST(occurred_from AS TIMESTAMP(3)), CAST(occurred_to AS TIMESTAMP(3))) <= 60 * ${vague_min}
           AND COALESCE(location_precision_m, CAST(0 AS FLOAT)) <= ${vague_m} AS counts,
       near_districts, place_district, visible_to, prior_revision, prior_visible_to
FROM said
WHERE what IS NOT NULL OR prior_revision IS NOT NULL;

-- One row for each district that it may concern: first states go to those within reach of the place, later ones to all
-- that may have had an earlier one.
CREATE TEMPORARY VIEW seen AS
SELECT r.recipient, g.record_id, g.revision, g.district, g.source, g.what, g.category, g.began, g.ended, g.lat, g.lon, g.weight,
       g.details,
       g.counts AND g.weight > 0 AND COALESCE(ARRAY_CONTAINS(g.visible_to, r.recipient), FALSE)
           AND (r.recipient = g.district OR COALESCE(r.recipient = g.place_district, FALSE)
                OR COALESCE(ARRAY_CONTAINS(g.near_districts, r.recipient), FALSE)) AS stands
FROM graded AS g
CROSS JOIN UNNEST(CASE WHEN g.prior_revision IS NULL THEN g.visible_to ELSE ARRAY_UNION(g.visible_to, g.prior_visible_to) END)
    AS r (recipient)
WHERE g.prior_revision IS NOT NULL OR r.recipient = g.district OR r.recipient = g.place_district
      OR ARRAY_CONTAINS(g.near_districts, r.recipient);

-- Incidents that two districts may have recorded: those at a border, or outside the area of their owner.
CREATE TEMPORARY VIEW bordering AS
SELECT r.recipient, i.record_id, i.revision, i.district, 'incident' AS source,
       CASE '${pair_match}' WHEN 'offence' THEN i.offence ELSE i.category END AS what, i.category, i.occurred_from AS began,
       CAST(i.occurred_to AS TIMESTAMP(3)) AS ended, i.lat, i.lon, CAST(1 AS DOUBLE) AS weight,
       COALESCE(i.method_of_entry, '') || '|' || COALESCE(i.point_of_entry, '') || '|' || COALESCE(i.tool, '') || '|'
           || COALESCE(i.location_category, '') AS details,
       NOT i.retracted AND i.grading_information <> 'E' AND i.time_precision NOT IN ('hour', 'day', 'unknown')
           AND TIMESTAMPDIFF(SECOND, CAST(i.occurred_from AS TIMESTAMP(3)), CAST(i.occurred_to AS TIMESTAMP(3))) <= 60 * ${vague_min}
           AND COALESCE(i.location_precision_m, CAST(0 AS FLOAT)) <= ${vague_m}
           AND COALESCE(ARRAY_CONTAINS(i.visible_to, r.recipient), FALSE) AS stands
FROM incident AS i
CROSS JOIN UNNEST(CASE WHEN i.prior_revision IS NULL THEN i.visible_to ELSE ARRAY_UNION(i.visible_to, i.prior_visible_to) END)
    AS r (recipient)
WHERE i.prior_revision IS NOT NULL
      OR (CARDINALITY(i.near_districts) > 0 OR i.place_district IS NULL OR i.place_district <> i.district)
         AND (r.recipient = i.district OR r.recipient = i.place_district OR ARRAY_CONTAINS(i.near_districts, r.recipient));

CREATE TEMPORARY VIEW found AS
SELECT recipient, finding, name, evidence, confidence, more, joined
FROM events(sighting => TABLE seen PARTITION BY recipient, on_time => DESCRIPTOR(began), metres => CAST(${metres} AS DOUBLE),
            gapMs => CAST(${minutes} * 60000 AS BIGINT), longestMs => CAST(${vague_min} * 60000 AS BIGINT),
            least => CAST(${confident_from} AS DOUBLE), keptMs => CAST(${kept_hours} * 3600000 AS BIGINT),
            toldMs => CAST(${told_days} * 86400000 AS BIGINT), uid => 'corroboration-events-v1')
UNION ALL
SELECT recipient, finding, name, evidence, confidence, more, joined
FROM duplicates(incident => TABLE bordering PARTITION BY recipient, on_time => DESCRIPTOR(began),
                metres => CAST(${pair_metres} AS DOUBLE), gapMs => CAST(${pair_minutes} * 60000 AS BIGINT),
                longestMs => CAST(${vague_min} * 60000 AS BIGINT), least => CAST(${pair_from} AS DOUBLE),
                spreadM => CAST(${pair_spread_m} AS DOUBLE), spreadMs => CAST(${pair_spread_min} * 60000 AS DOUBLE),
                agree => CAST(${pair_agree} AS DOUBLE), chance => CAST(${pair_chance} AS DOUBLE),
                prior => CAST(${pair_prior} AS DOUBLE), keptMs => CAST(${kept_hours} * 3600000 AS BIGINT),
                toldMs => CAST(${told_days} * 86400000 AS BIGINT), uid => 'corroboration-duplicates-v1');

-- In the order of the contract, as alert_columns of other patterns: the event and its certainty differ from row to row.
INSERT INTO alert
SELECT identifier, 'crossbeat', sent, 'Actual', msg_type, 'Restricted',
       CASE finding WHEN 'twice' THEN 'Future' ELSE '${alert_urgency}' END,
       CASE finding WHEN 'twice' THEN 'Minor' ELSE '${alert_severity}' END,
       CASE WHEN finding = 'event' AND score >= 95 THEN 'Observed' WHEN score >= 50 THEN '${alert_certainty}' ELSE 'Possible' END,
       CASE finding WHEN 'twice' THEN 'probably one incident, recorded twice' ELSE '${alert_event}' END,
       headline, description, earlier, sent, expires, incidents, `pattern`, category, score, districts,
       ARRAY[recipient], lat, lon, radius_m, first_occurred_from, last_occurred_from, recipient
FROM tell(found => TABLE found PARTITION BY (recipient, finding, name), `pattern` => 'corroboration',
          holdsMs => CAST(${holds_hours} * 3600000 AS BIGINT), pairHoldsMs => CAST(${pair_holds_days} * 86400000 AS BIGINT),
          uid => 'corroboration-tell-v1');
