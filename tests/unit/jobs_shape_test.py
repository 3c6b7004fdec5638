"""When a job may go on from its state, which numbers its operators have, and where a state goes that does not fit."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from jobs import checkpoints, pattern, plans, shape
from jobs.shape import Shape
from streams.settings import Settings

WAS = Shape(
    reads=frozenset({"incident"}),
    writes=frozenset({"link"}),
    functions={"near-v1": "cell BIGINT NOT NULL"},
    settings={"metres": 400.0},
)


def node(number: int, kind: str, **more: Any) -> dict[str, Any]:
    return {"id": number, "type": f"stream-exec-{kind}_1", "description": kind, **more}


def table(name: str) -> dict[str, Any]:
    return {"table": {"identifier": f"`default_catalog`.`default_database`.`{name}`"}}


def plan(first: int, *between: str) -> str:
    """A plan whose nodes are numbered from ``first``, with operators without state between source and function."""
    row = "ROW<`cell` BIGINT NOT NULL, `pair` ROW<`a` DECIMAL(3, 1), `b` INT>, `kind` VARCHAR(5)> NOT NULL"
    called = {"operands": [{"kind": "TABLE_ARG_CALL", "partitionKeys": [0, 2], "type": row}, {"kind": "LITERAL"}]}
    made = [
        node(first, "table-source-scan", scanTableSource=table("incident")),
        *(node(first + place, kind) for place, kind in enumerate(between, start=1)),
        node(first + len(between) + 1, "process-table-function", uid="near-v1", functionCall=called),
        node(first + len(between) + 2, "sink", dynamicTableSink=table("link")),
    ]
    edges = [{"source": one["id"], "target": other["id"]} for one, other in pairwise(made)]
    return json.dumps({"flinkVersion": "2.3", "nodes": made, "edges": edges})


def numbers(text: str) -> dict[str, int]:
    return {one["type"]: one["id"] for one in json.loads(text)["nodes"]}


def test_what_holds_state_keeps_its_number_whatever_else_is_planned() -> None:
    one, found = plans.named(plan(1, "calc"))
    other, again = plans.named(plan(57, "calc", "exchange", "calc"))
    for kind in ("stream-exec-table-source-scan_1", "stream-exec-sink_1"):
        assert numbers(one)[kind] == numbers(other)[kind]
    assert found == again
    assert found.functions == {"near-v1": "cell BIGINT NOT NULL, kind VARCHAR(5)"}
    body = json.loads(other)
    assert [edge["source"] for edge in body["edges"]] == [one["id"] for one in body["nodes"][:-1]]
    assert [edge["target"] for edge in body["edges"]] == [one["id"] for one in body["nodes"][1:]]
    assert len({one["id"] for one in body["nodes"]}) == len(body["nodes"])


def test_a_table_read_twice_has_two_numbers() -> None:
    twice = {
        "nodes": [node(number, "table-source-scan", scanTableSource=table("incident")) for number in (1, 2)],
        "edges": [],
    }
    text, found = plans.named(json.dumps(twice))
    assert len({one["id"] for one in json.loads(text)["nodes"]}) == 2
    assert found.reads == {"incident", "incident#2"}


def test_state_that_nothing_names_is_known_by_its_place_and_what_it_does() -> None:
    _, found = plans.named(plan(1, "calc", "group-aggregate"))
    _, again = plans.named(plan(9, "calc", "group-aggregate"))
    assert again.differs(found) == ""
    _, moved = plans.named(plan(1, "group-aggregate"))
    assert "stream-exec-group-aggregate_1 at 2 is new" in moved.differs(found)


@pytest.mark.parametrize(
    ("now", "said"),
    [
        (WAS, ""),
        (replace(WAS, writes=frozenset({"link", "late_record"})), ""),
        (replace(WAS, writes=frozenset()), "no longer writes link"),
        (replace(WAS, reads=frozenset({"incident", "patrol"})), "also reads patrol"),
        (replace(WAS, reads=frozenset()), "no longer reads incident"),
        (replace(WAS, functions={"near-v2": "cell BIGINT NOT NULL"}), "near-v1 is gone"),
        (replace(WAS, functions={"near-v1": "cell STRING"}), "by cell STRING, and had it by cell BIGINT"),
        (replace(WAS, functions={**WAS.functions, "more-v1": "a INT"}), "more-v1 is new"),
        (replace(WAS, settings={"metres": 500.0}), "metres is 500.0, and was 400.0"),
        (replace(WAS, settings={"metres": 400.0, "days": 3}), "days is 3, and was not there"),
    ],
)
def test_a_state_fits_only_what_would_find_everything_in_it(now: Shape, said: str, tmp_path: Path) -> None:
    WAS.write(tmp_path / "kept")
    before = shape.read(tmp_path / "kept")
    assert before == WAS
    assert now.differs(before) == said or (said and said in now.differs(before))


def test_only_a_state_that_does_not_fit_is_taken_for_one() -> None:
    assert shape.refused("java.lang.IllegalStateException: Cannot map checkpoint/savepoint state for operator a1b2")
    assert shape.refused("x\nCaused by: org.apache.flink.util.StateMigrationException: The new key serializer …")
    assert not shape.refused("org.apache.kafka.common.errors.TimeoutException: Timed out waiting for a node assignment")
    assert not shape.refused("java.io.FileNotFoundException: /data/chk-7/_metadata (Too many open files)")


def test_a_setting_for_a_pair_counts_only_where_it_is_the_greatest() -> None:
    loaded = pattern.load("linked_incidents")

    def laid_out(**pair: float) -> object:
        given = {"linked_incidents": {"metres": 400.0, "north~south": pair}}
        return loaded.laid_out_by(Settings(patterns=given))["metres"]

    assert laid_out(metres=250.0) == 400.0
    assert laid_out(metres=800.0) == 800.0
    assert set(loaded.laid_out_by(Settings())) == {"metres", "days", "match_on", "lateness_days", "cell_m"}


def test_what_is_set_aside_is_not_gone_on_from_and_says_why(tmp_path: Path) -> None:
    where = (tmp_path / "linked").as_uri()
    assert checkpoints.told_anew(where) == ""
    for number, why in enumerate(("its cells are others", "flink does not take it")):
        kept = tmp_path / "linked" / f"run-{number}" / "chk-7"
        kept.mkdir(parents=True)
        (kept / checkpoints.METADATA).write_bytes(b"state")
        WAS.write(tmp_path / "linked")
        assert checkpoints.newest(where) == kept
        checkpoints.set_aside(where, why)
        assert checkpoints.newest(where) is None
        assert shape.read(tmp_path / "linked") is None
        assert checkpoints.told_anew(where).endswith(f": {why}")
        checkpoints.tidy(where, keep=None)
        assert len(list(tmp_path.rglob(checkpoints.METADATA))) == 1  # the newest is kept, and no other
    for note in tmp_path.rglob(checkpoints.WHY):
        long_ago = time.time() - (checkpoints.TOLD_DAYS + 1) * 86_400
        os.utime(note, (long_ago, long_ago))
    assert checkpoints.told_anew(where) == ""
