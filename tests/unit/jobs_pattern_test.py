"""A pattern's folder, its tables, and what a job goes on from: no JVM, no server."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from jobs import checkpoints, pattern, tables
from streams.settings import Kafka, Registry, Settings

TOML = """
title = "Tried"
about = "Only a trial"
[reads.incident]
contract = "incident"
stage = "shared"
columns = ["record_id", "occurred_from"]
event_time = "occurred_from"
disorder = "disorder_s"
[writes.link]
contract = "link"
stage = "result"
[settings]
metres = 400.0
match_on = "category"
disorder_s = 86400
strict = true
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


def settings(tmp_path: Path, **patterns: dict[str, bool | int | float | str]) -> Settings:
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
    ],
)
def test_a_wrong_setting_is_named(
    tried: pattern.Pattern, tmp_path: Path, wrong: dict[str, bool | int | float | str], says: str
) -> None:
    with pytest.raises(pattern.PatternError, match=says):
        tried.resolved(settings(tmp_path, tried=wrong))


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
    newest = checkpoints.newest(where)
    assert newest == root / "b/chk-2"
    checkpoints.tidy(where, newest)
    assert not (root / "c").exists()
    assert (root / "a/chk-7/_metadata").exists()
