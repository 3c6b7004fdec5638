"""The guard with the real server behind: what analysts may ask is answered, what they may not is refused, in words."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import clickhouse_connect
import httpx
import hypothesis
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError
from hypothesis import Phase, given
from hypothesis import strategies as st

from connectors.loader.store import connect
from connectors.query.examples import examples
from infra.local import landlock
from infra.local.service import State
from infra.local.stack import Stack
from infra.provision import analysts
from infra.provision.analyst_accounts import AnalystAccounts
from infra.provision.tables import landed
from schemas import contracts, samples
from schemas.contract import Contract
from streams import districts
from streams.settings import Settings
from tests.flow.guard_world import SECRET, add, analyst, ask, hide, incident, login, put, row, watch_until, world

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]


@pytest.fixture(scope="module")
def guarded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    with world(tmp_path_factory.mktemp("guard")) as stack:
        add(stack.settings, *(incident(f"seen:{n}", ["north", "south"]) for n in range(5)))
        hide(stack.settings)
        yield stack.settings


ALLOWED = [
    "SELECT count() FROM incidents",
    "select COUNT(*), Max(lat) from crossbeat.incidents_now",
    "SELECT district, uniqExactIf(record_id, lat > 0), quantiles(0.5, 0.9)(lat) FROM incidents GROUP BY district",
    "WITH near AS (SELECT * FROM links_now WHERE metres < 10), (SELECT count() FROM alerts_now) AS n "
    "SELECT count(), any(n) FROM near",
    "SELECT i.record_id, l.metres FROM incidents AS i LEFT JOIN links AS l ON l.a_record_id = i.record_id",
    "SELECT record_id, row_number() OVER (PARTITION BY district ORDER BY occurred_from) AS nth FROM incidents",
    "SELECT record_id FROM incidents WHERE record_id NOT IN (SELECT a_record_id FROM links)",
    "SELECT record_id FROM incidents WHERE record_id IN incidents_now QUALIFY rank() OVER (ORDER BY lat) = 1",
    "SELECT arrayJoin(visible_to) AS who, count() FROM incidents GROUP BY who WITH TOTALS ORDER BY who LIMIT 5",
    "SELECT toStartOfHour(occurred_from) AS hour, count() FROM incidents GROUP BY hour ORDER BY hour "
    "WITH FILL STEP 3600 LIMIT 3",
    "SELECT * APPLY(toString) FROM (SELECT lat, lon FROM incidents)",
    "SELECT COLUMNS('lat|lon') APPLY(x -> round(x, 1)), * EXCEPT (lat, lon) FROM incidents FINAL",
    "SELECT arrayMap(x -> upper(x), visible_to), CASE WHEN lat > 0 THEN 'n' ELSE 's' END, lat::Int32 FROM incidents",
    "SELECT number, toDate('2026-01-01') + number FROM numbers(3) UNION ALL SELECT 1, today()",
    "WITH RECURSIVE c AS (SELECT 1 AS n UNION ALL SELECT n + 1 FROM c WHERE n < 3) SELECT * FROM c",
    "SELECT h3IsValid(toUInt64(h3_9)), greatCircleDistance(lon, lat, -79.3, 43.6) FROM incidents",
    "SELECT 'it''s; -- FORMAT `x`' AS `mean value (m)`, \"lat\" AS `纬度` FROM incidents /* ; */ -- FORMAT JSON",
    "(SELECT 1) UNION ALL (SELECT 2);",
    "FROM incidents SELECT count() SETTINGS max_threads = 1",
    "SELECT toString(a.1), a.2 FROM (SELECT (1, 'x') AS a)",
    "SELECT s.record_id FROM (SELECT * FROM incidents WHERE visible_to.size0 > 1) AS s",
    "SELECT reason, count() FROM rejections GROUP BY reason",
    "SELECT CASE category WHEN 'burglary' THEN 1 ELSE 0 END, MD5('a') != '' FROM incidents",
    "SELECT district, grouping(district), count() FROM incidents GROUP BY GROUPING SETS ((district), ())",
    "SELECT count() FROM incidents AS i WHERE EXISTS (SELECT 1 FROM links AS l WHERE l.a_record_id = i.record_id)",
    "SELECT * FROM (SELECT 1 AS a) ARRAY JOIN [1, 2] AS x",
    "SELECT avg(x) FROM (VALUES (1), (2)) AS t(x)",
    "SELECT uniqMerge(u) FROM (SELECT uniqState(record_id) AS u FROM incidents GROUP BY district)",
    "SELECT max(lat) AS m FROM incidents HAVING m > ANY (SELECT 0)",
    "DESCRIBE TABLE incidents_now",
    "desc crossbeat.links",
    "SHOW TABLES",
    "SELECT version(), timezone(), currentDatabase(), currentUser(), now()",
]


@pytest.mark.parametrize("statement", ALLOWED)
def test_what_analysts_need_is_answered_as_the_server_itself_answers(guarded: Settings, statement: str) -> None:
    found = ask(guarded, statement)
    assert found.status_code == 200, found.text
    name, password = login(guarded)
    store = guarded.clickhouse
    direct = httpx.post(f"http://{store.host}:{store.http_port}/", content=statement, auth=(name, password))
    if "now()" not in statement:
        assert sorted(found.text.splitlines()) == sorted(direct.text.splitlines())


HOSTILE = {
    "SELECT file('/etc/passwd')": "function file ",
    "SELECT FILE('/etc/passwd')": "function FILE ",
    "SELECT `file`('/etc/passwd')": "function file ",
    "SELECT * APPLY(file) FROM (SELECT '/etc/passwd' AS a)": "function file ",
    "SELECT COLUMNS('a') APPLY(x -> file(x)) FROM (SELECT '/etc/passwd' AS a)": "function file ",
    "SELECT * REPLACE(file(a) AS a) FROM (SELECT '/etc/passwd' AS a)": "function file ",
    "WITH x -> file(x) AS f SELECT f('/etc/passwd')": "function f",
    "SELECT arrayMap(x -> file(x), ['/etc/passwd'])": "function file ",
    "SELECT if(1, 2, file('/etc/passwd'))": "function file ",
    "SELECT 1 WHERE 0 AND file('/etc/passwd') = ''": "function file ",
    "SELECT (SELECT file('/etc/passwd'))": "function file ",
    "SELECT 1 ORDER BY file('/etc/passwd')": "function file ",
    "SELECT 1 LIMIT length(file('/etc/passwd'))": "function file ",
    "SELECT count() OVER (PARTITION BY file('/etc/passwd'))": "function file ",
    "SELECT 1 UNION ALL SELECT 1 WHERE file('/etc/passwd') != ''": "function file ",
    "WITH c AS (SELECT file('/etc/passwd')) SELECT 1": "function file ",
    "SELECT 1 FROM incidents JOIN links ON file('/etc/passwd') = ''": "function file ",
    "SELECT 1 AS lower, file('/etc/passwd') AS lower2": "function file ",
    "SELECT 1 FROM numbers(length(file('/etc/passwd')))": "function file ",
    "SELECT 1 FROM (VALUES (file('/etc/passwd'))) AS t(a)": "function file ",
    "SELECT 1 AS `a, function_name: lower, function_type: ordinary`, file('/etc/passwd')": "function file ",
    "SELECT file('/etc/passwd') AS `a, function_name: lower, function_type: ordinary`": "cannot be judged",
    "SELECT file('/etc/passwd') AS `a\n  FUNCTION id: 1, function_name: lower`": "control character",
    "SELECT file('/etc/passwd') AS \"a\\n  WHERE\"": "function file |cannot be judged",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')": "function file ",
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')": "function url ",
    "SELECT * FROM s3('http://127.0.0.1:1/', 'CSV', 'a String')": "function s3 ",
    "SELECT * FROM sqlite('/tmp/crossbeat-sqlite', 'a')": "function sqlite ",
    "SELECT * FROM mysql('127.0.0.1:1', 'a', 'b', 'c', 'd')": "function mysql ",
    "SELECT * FROM remote('127.0.0.1', system.one)": "function remote ",
    "SELECT * FROM cluster('default', system.one)": "function cluster ",
    "SELECT * FROM executable('id', 'CSV', 'a String')": "function executable ",
    "SELECT * FROM merge('crossbeat', '.*')": "function merge ",
    "SELECT * FROM merge('system', 'tables')": "function merge ",
    "SELECT * FROM viewIfPermitted(SELECT 1 AS a ELSE null('a Int8'))": "function viewIfPermitted ",
    "SELECT * FROM view(SELECT file('/etc/passwd'))": "function file |function view ",
    "SELECT * FROM input('a Int8')": "function input ",
    "SELECT * FROM generateRandom('a Int8')": "function generateRandom ",
    "SELECT * FROM loop(system.tables)": "function loop ",
    "SELECT * FROM dictionary('x')": "function dictionary ",
    "SELECT * FROM mergeTreeIndex('crossbeat', 'incidents')": "function mergeTreeIndex ",
    "SELECT * FROM (EXPLAIN ESTIMATE SELECT * FROM incidents)": "function viewExplain ",
    "SELECT * FROM (SHOW TABLES)": "SYNTAX_ERROR|not open",
    "SELECT b FROM values('a String, b String ALIAS file(''/etc/passwd'')', ('x', 'y'))": "function values ",
    "SELECT b FROM values('a String, b String ALIAS toString(throwIf(1))', ('x', 'y'))": "function values ",
    "SELECT b FROM SQLStandardValues('a String, b String ALIAS file(''/etc/passwd'')', ('x', 'y'))": "STRUCTURE",
    "SELECT getSetting('max_threads')": "function getSetting ",
    "SELECT getServerSetting('max_concurrent_queries')": "function getServerSetting ",
    "SELECT getMacro('x')": "function getMacro ",
    "SELECT dictGet('d', 'a', 1)": "function dictGet ",
    "SELECT joinGet('crossbeat.links', 'metres', 'x')": "function joinGet ",
    "SELECT sleep(3)": "function sleep ",
    "SELECT sleepEachRow(1) FROM numbers(3)": "function sleepEachRow ",
    "SELECT throwIf(record_id = 'hidden:1') FROM incidents": "function throwIf ",
    "SELECT arrayReduce('sum', [1])": "function arrayReduce ",
    "SELECT blockNumber() FROM incidents": "function blockNumber ",
    "SELECT rowNumberInBlock() FROM incidents": "function rowNumberInBlock ",
    "SELECT neighbor(record_id, 1) FROM incidents": "function neighbor ",
    "SELECT estimateCompressionRatio()(record_id) FROM incidents": "function estimateCompressionRatio ",
    "SELECT hostName(), serverUUID()": "function hostName |function serverUUID ",
    "SELECT formatQuery('SELECT 1')": "function formatQuery ",
    "SELECT aiGenerate('x', 'y')": "function aiGenerate ",
    "SELECT __getScalar('1_2')": "function __getScalar ",
    "SELECT hasColumnInTable('system', 'tables', 'name')": "function hasColumnInTable ",
    "SELECT total_rows FROM system.tables": "system.tables is not open",
    "SELECT total_rows FROM `system`.`tables`": "system.tables is not open",
    'SELECT total_rows FROM "system"."tables"': "system.tables is not open",
    "SELECT total_rows FROM `system.tables`": "system.tables is not open",
    "SELECT * FROM SYSTEM.TABLES": "is not open",
    "SELECT * FROM system.row_policies": "system.row_policies is not open",
    "SELECT * FROM system.parts": "system.parts is not open",
    "SELECT * FROM system.users": "system.users is not open",
    "SELECT * FROM system.query_log": "system.query_log is not open",
    "SELECT * FROM system.numbers LIMIT 1": "system.numbers is not open",
    "SELECT * FROM information_schema.tables": "is not open",
    "SELECT * FROM default.x": "is not open",
    "SELECT name FROM system.settings": "system.settings is not open",
    "SELECT 1 WHERE 'x' IN system.tables": "system.tables is not open",
    "WITH system AS (SELECT 1) SELECT 1 WHERE 'x' IN system.tables": "is not open",
    "WITH `system.tables` AS (SELECT 1) SELECT * FROM `system.tables`": "is not open",
    "SELECT (SELECT count() FROM system.tables)": "system.tables is not open",
    "SELECT * FROM quality_runs": "quality_runs is not open",
    "SELECT * FROM late_records": "late_records is not open",
    "SELECT * FROM receipts": "receipts is not open",
    "SELECT * FROM quality_now": "quality_now is not open",
    "SELECT 1 WHERE 'x' IN quality_runs": "ACCESS_DENIED|not open",
    "SELECT _part FROM incidents": "begins with _",
    "SELECT incidents._part_offset FROM incidents": "begins with _",
    "SELECT `_block_number` FROM incidents": "begins with _",
    "SELECT i.`_part` FROM incidents AS i": "begins with _",
    "SELECT * FROM incidents SETTINGS final = 0": "setting final |READONLY",
    "SELECT * FROM (SELECT * FROM incidents SETTINGS apply_row_policy_after_final = 0)": "setting |READONLY",
    "SELECT 1 SETTINGS readonly = 0": "setting readonly |READONLY",
    "SELECT 1 SETTINGS max_execution_time = 3000": "shouldn't be greater",
    "SELECT 1; SELECT 2": "several statements",
    "SELECT 1; DROP TABLE incidents": "several statements",
    "SELECT 1 INTO OUTFILE '/tmp/crossbeat-outfile'": "OUTFILE",
    "SELECT 1 INTO OUTFILE '/tmp/crossbeat-outfile' FORMAT CSV": "OUTFILE",
    "SELECT 1 FORMAT JSON FORMAT CSV": "SYNTAX_ERROR|FORMAT once",
    "SELECT 1 FORMAT JSON SETTINGS max_threads = 1": "FORMAT once|cannot be judged",
    "SELECT 1 FORMAT JSONEachRowWithProgress": "format JSONEachRowWithProgress",
    "SELECT 1 FORMAT Template": "format Template",
    "SELECT 1 FORMAT MySQLWire": "format MySQLWire",
    "SELECT 1 FORMAT Null -- \nFORMAT CSV": "SYNTAX_ERROR|FORMAT once",
    "EXPLAIN ESTIMATE SELECT * FROM incidents": "begins with EXPLAIN",
    "EXPLAIN SELECT 1": "begins with EXPLAIN",
    "/* */ EXPLAIN indexes = 1 SELECT * FROM incidents": "begins with EXPLAIN",
    ", run_passes = 1 SELECT file('/etc/passwd')": "begins with ,",
    "SYSTEM STOP MERGES": "begins with SYSTEM",
    "SYSTEM FLUSH LOGS": "begins with SYSTEM",
    "KILL QUERY WHERE 1": "begins with KILL",
    "SET readonly = 0": "begins with SET",
    "USE system": "begins with USE",
    "INSERT INTO links (link_id) VALUES ('x')": "begins with INSERT",
    "CREATE TEMPORARY TABLE t (a Int8)": "begins with CREATE",
    "CREATE FUNCTION f AS x -> file(x)": "begins with CREATE",
    "DROP TABLE links": "begins with DROP",
    "ALTER TABLE links DELETE WHERE 1": "begins with ALTER",
    "TRUNCATE TABLE incidents": "begins with TRUNCATE",
    "OPTIMIZE TABLE incidents FINAL": "begins with OPTIMIZE",
    "GRANT SELECT ON *.* TO d_north": "begins with GRANT",
    "BACKUP TABLE incidents TO Disk('a', 'b')": "begins with BACKUP",
    "CHECK TABLE incidents": "begins with CHECK",
    "SHOW GRANTS": "begins with SHOW",
    "SHOW CREATE TABLE incidents": "begins with SHOW",
    "SHOW TABLES FROM system": "begins with SHOW",
    "SHOW PROCESSLIST": "begins with SHOW",
    "EXECUTE AS crossbeat SELECT 1": "begins with EXECUTE",
    "DESCRIBE TABLE system.tables": "is not open",
    "DESCRIBE TABLE quality_runs": "is not open",
    "DESCRIBE TABLE url('http://127.0.0.1:1/', 'CSV')": "begins with DESCRIBE",
    "DESCRIBE (SELECT file('/etc/passwd'))": "begins with DESCRIBE",
    "SELECT name, value, readonly FROM system.settings LIMIT 10001": "system.settings is not open",
    "": "statement is empty",
    " ;; -- x": "statement is empty",
    "SELECT 1 /* ": "SYNTAX_ERROR|cannot be judged|begins",
    "SELECT 'x": "SYNTAX_ERROR",
}  # fmt: skip


@pytest.mark.parametrize("statement", HOSTILE)
def test_what_analysts_may_not_ask_is_refused_in_words(guarded: Settings, statement: str) -> None:
    found = ask(guarded, statement)
    assert found.status_code >= 400, found.text
    assert re.search(HOSTILE[statement], found.text), found.text
    assert re.match(r"Code: \d+\. DB::Exception: .+ \([A-Z_]+\)\n$", found.text), found.text
    assert "root:" not in found.text


PARAMETERS = [
    {"max_execution_time": "3000"}, {"readonly": "0", "final": "0"}, {"database": "system"}, {"role": "x"},
    {"send_logs_level": "trace"}, {"default_format": "JSONEachRowWithProgress"}, {"decompress": "1"},
    {"limit": "1"}, {"additional_table_filters": "{}"}, {"param_t": "tables", "database": "system"},
]  # fmt: skip


@pytest.mark.parametrize("parameters", PARAMETERS, ids=str)
def test_settings_that_are_not_theirs_are_refused(guarded: Settings, parameters: dict[str, str]) -> None:
    found = ask(guarded, "SELECT 1", **parameters)
    assert found.status_code >= 400, found.text
    assert "DB::Exception" in found.text


def test_a_parameter_is_judged_as_what_it_stands_for(guarded: Settings) -> None:
    assert ask(guarded, "SELECT {a:String}, {b:UInt8}", param_a="x' y", param_b="7").text == "x\\' y\t7\n"
    assert ask(guarded, "SELECT count() FROM {t:Identifier}", param_t="incidents").text == "5\n"
    refused = ask(guarded, "SELECT * FROM {d:Identifier}.{t:Identifier}", param_d="system", param_t="tables")
    assert "system.tables is not open" in refused.text
    assert "begins with _" in ask(guarded, "SELECT {c:Identifier} FROM incidents", param_c="_part").text


# Each is asked before and after a hidden row lands: not a byte of the answer, its headers or its error may differ.
SAME = [
    "SELECT count() FROM incidents FORMAT JSON",
    "SELECT * EXCEPT (landed_at) FROM incidents ORDER BY record_id FORMAT JSONCompact",
    "SELECT record_id FROM incidents LIMIT 1 FORMAT JSON",
    "SELECT min(record_id), max(record_id), uniqExact(district), sum(lat) FROM incidents FORMAT XML",
    "SELECT toInt32(description) FROM incidents ORDER BY 1",
    "SELECT count() FROM incidents WHERE toInt32(description) = 12",
    "SELECT count() FROM incidents PREWHERE toInt32(description) = 12",
    "SELECT max(toInt32(description)) FROM incidents_now",
    "SELECT count() FROM incidents WHERE intDiv(1, record_id NOT LIKE 'hidden%') = 1",
    "SELECT intDiv(1, record_id NOT LIKE 'hidden%') FROM incidents",
    "SELECT count() FROM incidents WHERE record_id > 'hidden' AND toUInt8(if(record_id LIKE 'hidden%', 'x', '1')) = 1",
    "SELECT sum(toInt32(a.description)) FROM incidents AS a JOIN incidents AS b USING (record_id)",
    "SELECT count() FROM links JOIN incidents ON toInt32(incidents.description) = 12",
    "SELECT count() FROM links WHERE intDiv(1, metres != 5) = 1",
    "SELECT count() FROM alerts WHERE toInt32(headline) = 1",
    "SELECT count() FROM rejections WHERE toInt32(message) = 1",
    "SELECT count() FROM incidents WHERE record_id IN (SELECT record_id FROM incidents WHERE toInt32(description) = 1)",
    "SELECT (SELECT count() FROM incidents WHERE toInt32(description) = 12)",
    "SELECT toInt32(description), count() FROM incidents GROUP BY 1 WITH TOTALS FORMAT JSON",
    "SELECT record_id, toInt32(description) FROM incidents ORDER BY record_id DESC LIMIT 1 BY district",
    "SELECT record_id FROM incidents WHERE description NOT IN (SELECT description FROM incidents) OR "
    "JSONExtractInt(description, 'a') = 1 OR toDateTime(description) > now()",
    "SELECT parseDateTimeBestEffort(description) FROM incidents",
    "SELECT arrayMap(x -> toInt32(x), [description])[1] FROM incidents ORDER BY 1",
    "SELECT count() FROM incidents WHERE district = 'south' AND CAST(description, 'Int32') > 0",
    "SELECT * FROM pairs_by_border FORMAT JSON",
    "SELECT cell, incidents FROM incidents_by_cell ORDER BY cell",
    "SELECT table, rows FROM landing_lag ORDER BY table FORMAT JSON",
    "SELECT a.record_id FROM incidents AS a LEFT ANTI JOIN incidents AS b ON a.description = b.description",
    "SELECT description FROM incidents ORDER BY toInt32(description), record_id LIMIT 1",
    "SELECT record_id FROM incidents ORDER BY intDiv(1, record_id NOT LIKE 'hidden%'), record_id LIMIT 2",
    "SELECT record_id FROM incidents ORDER BY record_id LIMIT 1 BY toInt32(description)",
    "SELECT DISTINCT toInt32(description) FROM incidents",
    "SELECT record_id, sum(toInt32(description)) OVER (PARTITION BY toInt32(description)) FROM incidents ORDER BY 1",
    "SELECT count() FROM incidents ARRAY JOIN range(toUInt32(description)) AS n",
    "SELECT count() FROM incidents AS a WHERE EXISTS (SELECT 1 FROM links WHERE toInt32(a.description) = metres)",
    "SELECT count() FROM incidents AS a JOIN incidents AS b ON toInt32(a.description) = toInt32(b.description)",
    "SELECT count() FROM incidents WHERE record_id = 'hidden:2' AND toInt32(description) = 1",
    "SELECT count() FROM incidents WHERE landed_at > '2020-01-01' AND toDate(description) > '2020-01-01'",
    "EXPLAIN ESTIMATE SELECT * FROM incidents",
]
CHANGES = {"date", "x-clickhouse-query-id"}


def test_a_hidden_row_changes_no_answer_no_error_no_count(guarded: Settings) -> None:
    def answers() -> list[tuple[object, ...]]:
        found = []
        for statement in SAME:
            answer = ask(guarded, statement)
            headers = {name: value for name, value in answer.headers.items() if name not in CHANGES}
            assert not {"x-clickhouse-summary", "x-clickhouse-progress"} & set(answer.headers)
            found.append((statement, answer.status_code, headers, answer.text))
        return found

    before = answers()
    for n in range(3):
        hide(guarded, f"hidden:{n + 2}")
        add(guarded, incident(f"hidden-early:{n}", ["south"], description=SECRET))
    assert answers() == before
    connect(guarded).command("OPTIMIZE TABLE incidents FINAL")
    assert answers() == before
    assert not any(SECRET in str(answer) for answer in before)
    assert sum(1 for _, status, *_ in before if status == 200) > len(before) / 2


def test_each_district_sees_its_own(guarded: Settings) -> None:
    north, south = (analyst(guarded, name) for name in ("north", "south"))
    count = "SELECT count() FROM incidents WHERE startsWith(record_id, 'hidden:1')"
    assert north.command(count) == 0
    assert south.command(count) == 1
    assert south.command("SELECT count() FROM rejections WHERE rejection_id = 'hidden:1'") == 1
    with pytest.raises(DatabaseError, match="AUTHENTICATION_FAILED"):
        analyst_as(guarded, "d_north", login(guarded, "south")[1])


def analyst_as(settings: Settings, name: str, password: str) -> object:
    return clickhouse_connect.get_client(
        host=settings.guard.host, port=settings.guard.port, username=name, password=password
    )


@pytest.mark.parametrize("account", ["platform", "analyst", "default", "nobody"])
def test_only_accounts_of_districts_come_in(guarded: Settings, account: str) -> None:
    store = guarded.clickhouse
    name, password = {
        "platform": (store.username, store.password.get_secret_value()),
        "analyst": (store.analyst_username, store.analyst_password.get_secret_value()),
        "default": ("default", ""),
        "nobody": ("", ""),
    }[account]
    with pytest.raises(DatabaseError, match="door for analysts of districts"):
        analyst_as(guarded, name, password)


def test_a_revision_that_is_withheld_takes_the_one_before_it_away(guarded: Settings) -> None:
    client, ours = analyst(guarded), "SELECT revision FROM incidents WHERE record_id = 'narrowed:1'"
    add(guarded, incident("narrowed:1", ["north", "south"]))
    assert client.query(ours).result_rows == [(1,)]
    add(guarded, incident("narrowed:1", ["south"], revision=2))
    assert client.query(ours).result_rows == []


def test_a_release_that_is_over_hides_a_row_from_all_but_its_owner(guarded: Settings) -> None:
    columns = ["record_id", "district", "revision", "visible_to", "release_expires_at"]
    now = datetime.now(UTC)
    rows = [
        ["over:1", "south", 1, ["north", "south"], now - timedelta(seconds=1)],
        ["over:2", "south", 1, ["north", "south"], now + timedelta(hours=1)],
    ]
    connect(guarded).insert("incidents", rows, columns)
    statement = "SELECT record_id FROM incidents WHERE startsWith(record_id, 'over:') ORDER BY record_id"
    assert analyst(guarded).query(statement).result_rows == [("over:2",)]
    assert analyst(guarded, "south").query(statement).result_rows == [("over:1",), ("over:2",)]
    connect(guarded).command("DELETE FROM incidents WHERE startsWith(record_id, 'over:')")


def test_accounts_are_held_against_what_they_must_be(guarded: Settings) -> None:
    accounts = AnalystAccounts(guarded)
    assert list(accounts.differences(["north", "south"])) == []
    assert [str(one) for one in accounts.differences(["north", "east"])] == [
        "account d_east is missing: crossbeat apply",
        "account d_south is of no district that takes part: crossbeat apply",
    ]
    assert not accounts.by_sql()
    assert accounts.apply(["east"]) == accounts.drift(["east"]) == []
    client = connect(guarded)
    for line in analysts.statements("north", "x", guarded.clickhouse.database, 1 << 30):
        assert client.command("SELECT formatQuerySingleLine({line:String})", parameters={"line": line})
    accounts.close()


def test_clickhouse_connect_in_its_many_ways(guarded: Settings) -> None:
    client = analyst(guarded)
    found = client.query("SELECT number, toString(number) AS s FROM numbers(100000)", settings={"max_threads": 1})
    assert len(found.result_rows) == 100_000
    assert found.column_names == ("number", "s")
    assert client.query("SELECT {n:Int32} AS n", parameters={"n": 5}).first_row == (5,)
    assert client.query_arrow("SELECT lat FROM incidents").num_rows >= 5
    assert client.raw_query("SELECT 1", fmt="CSV") == b"1\n"
    with client.query_rows_stream("SELECT number FROM numbers(200000)") as rows:
        assert sum(1 for _ in rows) == 200_000
    with pytest.raises(DatabaseError, match="function file is not open to analysts"):
        client.query("SELECT file('/etc/passwd')")
    for example in examples():
        if example.view in analysts.views():
            client.query(example.statement)


def test_each_way_to_log_in_and_to_send(guarded: Settings) -> None:
    address = f"http://{guarded.guard.host}:{guarded.guard.port}/"
    name, password = login(guarded)
    head = {"X-ClickHouse-User": name, "X-ClickHouse-Key": password}
    assert httpx.get(address, params={"query": "SELECT 1", "user": name, "password": password}).text == "1\n"
    assert httpx.post(address, params={"query": "SELECT"}, content="2", headers=head).text == "2\n"
    packed = httpx.post(address, content=gzip.compress(b"SELECT 3"), headers=head | {"Content-Encoding": "gzip"})
    assert packed.text == "3\n"
    bomb = httpx.post(address, content=gzip.compress(b" " * 10**7), headers=head | {"Content-Encoding": "gzip"})
    assert (bomb.status_code, "longer than" in bomb.text) == (413, True)
    assert httpx.post(address, content="SELECT " + "1," * 200_000, headers=head).status_code == 413
    squeezed = httpx.post(
        address, content="SELECT number FROM numbers(10000)", headers=head | {"Accept-Encoding": "gzip"}
    )
    assert squeezed.headers["content-encoding"] == "gzip"
    assert squeezed.text.splitlines()[-1] == "9999"
    assert httpx.get(f"{address}ping").text == "Ok.\n"
    assert httpx.get(f"{address}replicas_status").status_code == 404
    files = httpx.post(
        address, files={"t": b"1"}, params={"query": "SELECT * FROM t", "t_structure": "a Int8"}, headers=head
    )
    assert files.status_code == 400


def test_many_at_once_are_answered_or_told_to_wait(guarded: Settings) -> None:
    slow = "SELECT sum(sipHash64(number)) FROM numbers(30000000)"
    with ThreadPoolExecutor(6) as pool:
        found = list(pool.map(lambda _: ask(guarded, slow), range(6)))
    assert {answer.status_code for answer in found} <= {200, 500}
    assert all(answer.status_code == 200 or "run at once" in answer.text for answer in found)


@pytest.mark.skipif(not landlock.version(), reason="this kernel has no landlock")
def test_behind_the_guard_the_server_itself_cannot_open_files_of_others(guarded: Settings) -> None:
    client = connect(guarded)
    for path in (
        "/etc/passwd",
        guarded.data / "secrets.json",
        guarded.data / "run" / "endpoints.json",
        "/proc/1/environ",
    ):
        with pytest.raises(DatabaseError, match="Permission denied"):
            client.query(f"SELECT file('{path}')")


def test_no_table_and_no_view_changes_by_rows_of_any_type_that_are_hidden(guarded: Settings) -> None:
    tables = [contract for contract, storage in landed() if storage.table in analysts.readable()]
    answered = contracts.get("acknowledgement"), "alert_identifier"
    hit = {"identifier": samples.example(answered[0], "shared")[answered[1]], "pattern": "lookout_hit"}
    more = {"alert": hit, "incident": {"description": "12", "time_precision": "minute"}}
    for contract in tables:
        put(guarded, contract, row(contract, "whole", ["north", "south"], **more.get(contract.name, {})))

    def answers() -> dict[str, list[str]]:
        found = {}
        for name in sorted(analysts.readable()):
            every, counted = ask(guarded, f"SELECT * FROM {name}"), ask(guarded, f"SELECT count() FROM {name}")
            assert every.status_code == counted.status_code == 200, every.text
            found[name] = [*sorted(every.text.splitlines()), counted.text]
        return found

    before = answers()
    assert [name for name, rows in before.items() if len(rows) < 2] == [], "a table or view has nothing to change"
    hidden = st.tuples(st.sampled_from(tables), st.sampled_from([["south"], ["south", "east"]]), st.integers(1, 3))

    @hypothesis.settings(max_examples=3, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(st.lists(hidden, min_size=8, max_size=24), st.uuids())
    def alike(rows: list[tuple[Contract, list[str], int]], world: UUID) -> None:
        for number, (contract, readers, revision) in enumerate(rows):
            changes = {key: value for key, value in more.get(contract.name, {}).items() if key != "identifier"}
            put(guarded, contract, row(contract, f"{world}-{number}", readers, revision=revision, **changes))
        assert answers() == before

    alike()
    south = analyst(guarded, "south")
    assert all(south.command(f"SELECT count() FROM {c.storage.table}") >= 1 for c in tables if c.storage)


def test_a_district_that_joins_is_let_in_after_one_restart(tmp_path: Path) -> None:
    with world(tmp_path / "data") as stack:
        settings = stack.settings
        assert children(stack) == ["clickhouse", "guard"]
        started = stack.servers[0].started_at
        for name in ("east", "west"):
            districts.join(settings.districts, name, name, None)
        watch_until(stack, lambda: stack.servers[0].started_at != started and stack.servers[0].state is State.HEALTHY)
        assert analyst(settings, "east").command("SELECT count() FROM incidents") == 0
        assert analyst(settings, "west").command("SELECT count() FROM incidents") == 0
        assert stack.servers[0].restarts == 0


def children(stack: Stack) -> list[str]:
    report = json.loads((stack.settings.data / "run" / "stack.json").read_text())
    return [service["name"] for service in report["services"]]
