"""What is committed is what would be rendered now, and each engine takes it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from schemas import accept, contracts, released
from schemas.contract import Contract
from schemas.errors import ContractError, IncompatibleError
from schemas.render import clickhouse, flink, quality

ALL = contracts.all()
STAGES = [(contract, stage) for contract in ALL for stage in contract.stages]
IDS = [f"{contract.name}-{stage}" for contract, stage in STAGES]
RENEW = "run `make accept`, and look at what it changed before you commit it"


def test_committed_files_are_those_rendered_now() -> None:
    files = accept.rendered()
    stale = [str(p) for p, text in files.items() if not (accept.ROOT / p).is_file() or _text(p) != text]
    assert not stale, RENEW
    assert not accept.orphans(accept.ROOT, files), RENEW


@pytest.mark.parametrize(("contract", "stage"), STAGES, ids=IDS)
def test_the_contract_is_released_and_goes_with_all_released_versions(contract: Contract, stage: str) -> None:
    assert released.current(contract, stage), f"{contract.name} changed: {RENEW}"
    released.check(contract, stage)


def test_no_released_version_is_of_a_record_that_is_gone() -> None:
    assert {(p.parent.name, p.name) for p in released.FOLDER.glob("*/*")} == {(c.name, s) for c, s in STAGES}


def changed(tmp_path: Path, old: str, new: str) -> Contract:
    """The link contract with one change of its text."""
    text = (contracts.FOLDER / "link.avsc").read_text()
    assert text.count(old) == 1
    path = tmp_path / "records" / "link.avsc"
    path.parent.mkdir()
    path.write_text(text.replace(old, new))
    return contracts.load(path)


def test_a_field_that_may_be_null_can_be_added_and_released(tmp_path: Path) -> None:
    added = '{"name": "note", "type": ["null", "string"], "default": null, "doc": "Note.", "crossbeat": {}},\n'
    contract = changed(tmp_path, '{"name": "link_id"', added + '{"name": "link_id"')
    folder = tmp_path / "released"
    released.release(contracts.get("link"), "result", folder)
    assert not released.current(contract, "result", folder)
    path = released.release(contract, "result", folder)
    assert path == folder / "link" / "result" / "2.avsc"
    assert released.release(contract, "result", folder) is None


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('{"name": "metres", "type": "double"', '{"name": "metres", "type": "string"'),
        ('{"name": "a_revision", "type": "int"', '{"name": "a_revision", "type": "long"'),
        ('{"name": "hours"', '{"name": "hours_apart"'),
        ('{"name": "link_id"', '{"name": "note", "type": "string", "doc": "N.", "crossbeat": {}}, {"name": "link_id"'),
    ],
    ids=["type", "wider-type", "rename", "needed-field"],
)
def test_a_change_that_breaks_a_reader_or_a_writer_is_refused(tmp_path: Path, old: str, new: str) -> None:
    with pytest.raises(IncompatibleError, match=r"link, stage result: as changed it .* version 1: .*begin a new topic"):
        released.check(changed(tmp_path, old, new), "result")


def test_annotations_do_not_make_a_new_version(tmp_path: Path) -> None:
    contract = changed(tmp_path, '"retention_days": 90,', '"retention_days": 30,')
    assert contract.avro_json("result") == contracts.get("link").avro_json("result")
    assert contract.topic("result") != contracts.get("link").topic("result")


def test_a_flink_source_reads_what_is_asked_and_a_sink_writes_all_under_the_registered_schema() -> None:
    incident, link = contracts.get("incident"), contracts.get("link")
    source = flink.table(
        incident, "shared", name="i", bootstrap="b", registry="r", columns=["lat", "near_cells"], extra=["`x` AS 1"]
    )
    assert "`lat` DOUBLE NOT NULL,\n  `near_cells` ARRAY<BIGINT NOT NULL> NOT NULL,\n  `x` AS 1\n)" in source
    assert "schema'" not in source
    sink = flink.table(link, "result", name="l", bootstrap="b", registry="r", sink=True, options={"connector": "mine"})
    assert f"'value.avro-confluent.schema' = '{link.avro_json('result')}'" in sink
    assert "'connector' = 'mine'" in sink
    with pytest.raises(ContractError, match="no field latitude"):
        flink.table(incident, "shared", name="i", bootstrap="b", registry="r", columns=["latitude"])
    with pytest.raises(ContractError, match="leave columns out"):
        flink.table(link, "result", name="l", bootstrap="b", registry="r", columns=["lat"], sink=True)


def test_columns_of_clickhouse_are_those_of_the_record_and_its_landing() -> None:
    found = {column.name: column.type for column in clickhouse.columns(contracts.get("link"))}
    assert found["a_revision"] == "UInt32"
    assert found["visible_to"] == "Array(String)"
    assert found["category"] == "LowCardinality(String)"
    assert found["version"] == "UInt64"
    assert list(found)[-1] == "landed_at"
    with pytest.raises(ContractError, match="is not landed"):
        clickhouse.columns(contracts.get("backfill_progress"))


@pytest.mark.parametrize("contract", [c for c in ALL if c.storage], ids=lambda c: c.name)
def test_great_expectations_takes_the_suite(contract: Contract, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GX_ANALYTICS_ENABLED", "false")
    from great_expectations import ExpectationSuite

    said = quality.suite(contract)
    suite = ExpectationSuite(**json.loads(json.dumps(said)))
    assert len(suite.expectations) == len(said["expectations"]) > 3


def _text(path: Path) -> str:
    return (accept.ROOT / path).read_text(encoding="utf-8")


def test_a_source_of_districts_topics_reads_those_of_all_districts() -> None:
    rejection = contracts.get("rejection")
    said = flink.table(rejection, "result", name="rejection", bootstrap="b:1", registry="http://r")
    assert r"'topic-pattern' = 'rejected\.[^.]+\.v1'" in said
    assert "'topic' =" not in said
    with pytest.raises(ContractError, match="name the district"):
        flink.table(rejection, "result", name="rejection", bootstrap="b:1", registry="http://r", sink=True)
