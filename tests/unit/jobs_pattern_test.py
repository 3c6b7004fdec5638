"""A pattern's folder, its tables, and what a job goes on from: no JVM, no server."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest

from jobs import checkpoints, pattern, tables
from jobs.pattern_settings import Value
from jobs.runner import Runner
from jobs.submit import Job
from schemas import contracts
from streams.settings import Kafka, Registry, Settings

TOML = """
title = "Tried"
finds = "Only a trial"
recipients = "Nobody."
runbook = "Do nothing."
[reads.incident]
contract = "incident"
stage = "shared"
columns = ["record_id", "occurred_from"]
event_time = "occurred_from"
disorder = "disorder_s"
[writes.link]
contract = "link"
stage = "result"
[settings.metres]
value = 400.0
unit = "m"
min = 1
max = 5000
by_pair = true
about = "How far"
[settings.match_on]
value = "category"
about = "What is alike"
[settings.level]
value = "low"
choices = ["low", "high"]
about = "How much"
[settings.disorder_s]
value = 86400
unit = "s"
min = 0
max = 100000
about = "How late"
[settings.strict]
value = true
about = "Whether"
"""
QUERY = """-- A comment; with a semicolon.
CREATE TEMPORARY VIEW v AS SELECT record_id FROM incident WHERE '${match_on}' = 'category' AND ${strict};
INSERT INTO link SELECT * FROM v WHERE ${metres} > 1;
"""


@pytest.fixture
def tried(tmp_path: Path) -> pattern.Pattern:
    (tmp_path / "tried").mkdir()
    (tmp_path / "tried" / "pattern.toml").write_text(TOML)
    (tmp_path / "tried" / "query.sql").write_text(QUERY)
    return pattern.load("tried", tmp_path)


def settings(tmp_path: Path, **patterns: dict[str, Value | dict[str, Value]]) -> Settings:
    return Settings(
        data_dir=tmp_path,
        kafka=Kafka(bootstrap="broker:9092", security_protocol="SASL_SSL", username="jobs", password="p"),
        registry=Registry(url="http://registry/api"),
        patterns=patterns,
    )


def test_settings_go_into_the_query(tried: pattern.Pattern, tmp_path: Path) -> None:
    given = settings(tmp_path, tried={"metres": "250", "match_on": "o'clock", "strict": "false"})
    view, insert = tried.statements(given)
    assert view == "CREATE TEMPORARY VIEW v AS SELECT record_id FROM incident WHERE 'o''clock' = 'category' AND FALSE"
    assert insert == "INSERT INTO link SELECT * FROM v WHERE 250.0 > 1"


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"metre": 3}, "has no setting 'metre'"),
        ({"metres": "far"}, "tried.metres"),
        ({"strict": "maybe"}, "true or false"),
        ({"metres": 5001}, r"tried.metres must be 1 to 5000 m, not 5001"),
        ({"metres": "nan"}, r"tried.metres must be 1 to 5000 m"),
        ({"disorder_s": 1.5}, "whole number"),
        ({"level": "middle"}, "tried.level must be low or high, not 'middle'"),
    ],
)
def test_a_wrong_setting_is_named(
    tried: pattern.Pattern, tmp_path: Path, wrong: dict[str, Value | dict[str, Value]], says: str
) -> None:
    with pytest.raises(pattern.PatternError, match=says):
        tried.resolved(settings(tmp_path, tried=wrong))


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"north~south": {"metres": 0}}, r"tried.north~south.metres must be 1 to 5000 m"),
        ({"north~south": {"level": "low"}}, "tried.level is the same for all districts"),
        ({"north~south": {"far": 1}}, "has no setting 'far'"),
        ({"north~north": {"metres": 10}}, "two districts"),
        ({"north~south": 300}, "two districts"),
    ],
)
def test_a_wrong_setting_of_a_pair_is_named(
    tried: pattern.Pattern, tmp_path: Path, wrong: dict[str, Value | dict[str, Value]], says: str
) -> None:
    with pytest.raises(pattern.PatternError, match=says):
        tried.by_pair(settings(tmp_path, tried=wrong))


def test_a_pair_of_districts_may_differ(tried: pattern.Pattern, tmp_path: Path) -> None:
    given = settings(tmp_path, tried={"metres": 300, "south~north": {"metres": 500}})
    query = "INSERT INTO x SELECT ${metres}, ${metres_most}, '${metres_by_pair}';"
    one = tried.model_copy(update={"query": query})
    assert one.by_pair(given) == {("north", "south"): {"metres": 500.0}}
    assert one.statements(given) == ["INSERT INTO x SELECT 300.0, 500.0, 'north~south=500.0'"]
    assert one.statements(settings(tmp_path)) == ["INSERT INTO x SELECT 400.0, 400.0, ''"]


@pytest.mark.parametrize(
    ("part", "says"),
    [
        ('[settings.far]\nvalue = 1\nabout = "x"\n', "min and max"),
        ('[settings.far]\nvalue = 9\nmin = 1\nmax = 8\nabout = "x"\n', "value must be 1 to 8"),
        ('[settings.far]\nvalue = "a"\nchoices = ["b"]\nabout = "x"\n', "value must be b"),
        ('[settings.far]\nvalue = "a"\nby_pair = true\nabout = "x"\n', "only a number"),
        ('[alert]\nevent = "e"\nseverity = "Bad"\nurgency = "Future"\ncertainty = "Likely"\n', "'Bad' is none of"),
        ('[writes.alert]\ncontract = "alert"\nstage = "result"\n', "say in .alert. what they are"),
    ],
)
def test_a_pattern_that_says_what_cannot_be_is_refused(tmp_path: Path, part: str, says: str) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "pattern.toml").write_text(TOML + part)
    (tmp_path / "odd" / "query.sql").write_text(QUERY)
    with pytest.raises(pattern.PatternError, match=says):
        pattern.load("odd", tmp_path)


def test_the_columns_of_an_alert_are_those_of_its_contract(tried: pattern.Pattern, tmp_path: Path) -> None:
    said = pattern.Alert(event="burglars' night", severity="Minor", urgency="Future", certainty="Likely")
    one = tried.model_copy(update={"alert": said, "query": "${alert_columns};"})
    (columns,) = one.statements(settings(tmp_path))
    names = [column.split(" AS ")[-1].strip("`") for column in columns.split(", ")]
    assert names == [field.name for field in contracts.get("alert").fields("result")]
    assert "'burglars'' night' AS `event`" in columns


def test_an_unknown_key_of_a_pattern_is_refused(tmp_path: Path) -> None:
    (tmp_path / "odd").mkdir()
    (tmp_path / "odd" / "pattern.toml").write_text(TOML + '[colour]\nred = "1"\n')
    (tmp_path / "odd" / "query.sql").write_text(QUERY)
    with pytest.raises(pattern.PatternError, match=r"(?s)pattern odd.*colour"):
        pattern.load("odd", tmp_path)


def test_tables_come_from_the_contracts(tried: pattern.Pattern, tmp_path: Path) -> None:
    source, sink = tables.statements(tried, settings(tmp_path))
    assert "`record_id` STRING NOT NULL" in source
    assert "`lat`" not in source
    assert "WATERMARK FOR `occurred_from` AS TIMESTAMPADD(SECOND, -86400, `occurred_from`)" in source
    assert "'properties.isolation.level' = 'read_committed'" in source
    assert "'properties.group.id' = 'crossbeat-tried'" in source
    assert "'sink.delivery-guarantee' = 'exactly-once'" in sink
    assert "'sink.transactional-id-prefix' = 'crossbeat-tried-link'" in sink
    assert "ScramLoginModule required" in sink
    assert "'value.crossbeat-avro.schema'" in sink


def test_every_pattern_of_ours_renders(tmp_path: Path) -> None:
    for name in pattern.names():
        one = pattern.load(name)
        assert tables.statements(one, settings(tmp_path))
        assert any(statement.startswith("INSERT") for statement in one.statements(settings(tmp_path)))


def test_only_where_a_pattern_says_so_are_topics_held_together_and_never_the_clock(tmp_path: Path) -> None:
    made = {name: tables.statements(pattern.load(name), settings(tmp_path)) for name in pattern.names()}
    held = {name: [one for one in each if "'scan.watermark.alignment.group'" in one] for name, each in made.items()}
    apart = {name for name in made if pattern.load(name).apart_h}
    assert apart and {name for name, each in held.items() if each} == apart
    for name in apart:
        timed = [one for one in pattern.load(name).reads.values() if one.event_time]
        clocks = [one for one in timed if one.contract == pattern.CLOCK]
        assert len(held[name]) == len(timed) - len(clocks) >= 2
        assert not any("clock.v1" in one for one in held[name])


def test_maps_in_state_hold_no_objects() -> None:
    # Flink compiles a converter for such values anew with each checkpoint and subtask, and keeps hundreds of them.
    held = [
        (path.name, value)
        for path in pattern.ROOT.glob("*/java/**/*.java")
        for value in re.findall(r"MapView<\w+, ([^>]+)>", path.read_text(encoding="utf-8"))
    ]
    assert len(held) > 10
    assert {value for _, value in held} <= {"byte[]", "Long"}, held


def test_the_newest_complete_checkpoint_is_found(tmp_path: Path) -> None:
    where = checkpoints.address(settings(tmp_path), "tried")
    assert checkpoints.newest(where) is None
    root = tmp_path / "flink" / "checkpoints" / "tried"
    for age, place in ((30, "a/chk-7"), (20, "savepoints/savepoint-1"), (10, "b/chk-2")):
        (root / place).mkdir(parents=True)
        (root / place / "_metadata").write_bytes(b"state")
        seconds = 1_700_000_000 - age
        os.utime(root / place / "_metadata", (seconds, seconds))
    (root / "b/chk-3").mkdir()  # cut short by a kill: no metadata
    (root / "c" / "shared").mkdir(parents=True)
    (root / "d" / "shared").mkdir(parents=True)
    (root / "d" / "shared" / "of-rocksdb").write_bytes(b"what a later run's checkpoint builds on")
    newest = checkpoints.newest(where)
    assert newest == root / "b/chk-2"
    checkpoints.tidy(where, newest)
    assert not (root / "c").exists()
    assert (root / "d/shared/of-rocksdb").exists()
    assert (root / "a/chk-7/_metadata").exists()


def test_what_was_set_aside_is_counted_on_when_flink_counts_anew(tmp_path: Path) -> None:
    runner = Runner(Settings(data_dir=tmp_path), ["router"])
    first, later = (Job("router", job_id, None, "", None) for job_id in ("1", "2"))

    def counted(job: Job, restarts: float, undecodable: float) -> float:
        return runner._set_aside(job, {"restarts": restarts, "undecodable": undecodable})

    assert counted(first, 0, 2) == 2
    assert counted(first, 0, 0) == 2, "a look that found no metrics yet"
    assert counted(first, 1, 0) == 2
    assert counted(first, 1, 3) == 5
    assert counted(later, 0, 1) == 6
    assert counted(Job("linked_alerts", "3", None, "", None), 0, 1) == 1
