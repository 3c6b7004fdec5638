-- What a report claims, for each recipient that may see it, by skeleton: all that is ever compared.
CREATE TEMPORARY VIEW claim AS
SELECT recipient, skeleton, gone, report_id, owner, claimed_at, form, report_lat, report_lon
FROM claims(report => TABLE online_report PARTITION BY record_id, lookAlikes => '${look_alikes}',
            uid => 'report-campaign-claims-v1');

-- In the order of the contract, as alert_columns of other patterns: what is muted is told as what it is, no threat.
INSERT INTO alert
SELECT identifier, 'crossbeat', sent, 'Actual', msg_type, 'Restricted',
       CASE WHEN muted THEN 'Past' ELSE '${alert_urgency}' END, CASE WHEN muted THEN 'Minor' ELSE '${alert_severity}' END,
       CASE WHEN muted THEN 'Unlikely' ELSE '${alert_certainty}' END,
       CASE WHEN muted THEN 'fraud indicator muted' ELSE '${alert_event}' END,
       headline, description, earlier, sent, expires, incidents, `pattern`, category, score, districts,
       ARRAY[recipient], lat, lon, radius_m, first_occurred_from, last_occurred_from, recipient
FROM raise_campaigns(claim => TABLE claim PARTITION BY (recipient, skeleton),
                     districts => ${districts}, reports => ${reports},
                     windowMs => CAST(${hours} * 3600000 AS BIGINT), muteDays => ${mute_days}, muteReports => ${mute_reports},
                     baselineMs => CAST(${baseline_days} AS BIGINT) * 86400000, holdsMs => CAST(${holds_days} * 86400000 AS BIGINT),
                     audience => '${audience}', uid => 'report-campaign-raise-v2');
