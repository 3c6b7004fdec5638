"""A running join is upgraded: it goes on from state that fits, else begins anew and says so; no pair is lost."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from jobs import pattern
from jobs.patterns.linked_incidents.reference import PairSettings
from streams.settings import Settings
from tests.fault.test_join_kill import await_checkpoint
from tests.flow.join_world import Jobs, Record, assert_same, expected, links, publish, scattered

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
PAIRED = {"metres": 900, "days": 3, "match_on": "none", "cell_m": 1800}
REFERENCE = PairSettings(metres=900.0, days=3.0, match_on=())
# One more operator between the source and the function: whatever numbers operators by their place loses their state.
COPIES = "FROM linked_incidents(input => TABLE copies PARTITION BY (match_value, cell)"
DETOUR = """CREATE TEMPORARY VIEW longer AS
SELECT * FROM copies UNION ALL SELECT * FROM copies WHERE record_id = 'nobody';

CREATE TEMPORARY VIEW found AS"""


class Upgraded(Jobs):
    """The jobs process with a version of the join of the test's own."""

    def __init__(self, stack: Settings, data: Path, folder: Path, **given: Any) -> None:
        super().__init__(
            stack,
            data,
            CROSSBEAT_PATTERNS=json.dumps({"linked_incidents": PAIRED | given}),
            CROSSBEAT_FLINK__PARALLELISM="1",
            CROSSBEAT_FLINK__CHECKPOINT_INTERVAL_MS="200",
        )
        self.patterns = (str(folder),)


def version(folder: Path, **changed: str) -> Path:
    """A folder of the join in which texts of its query are replaced; each must be there."""
    home = folder / "linked_incidents"
    shutil.copytree(pattern.ROOT / "linked_incidents", home, ignore=shutil.ignore_patterns("cases", "__pycache__"))
    query = (home / "query.sql").read_text()
    for old, new in changed.values():
        assert query.count(old) == 1, old
        query = query.replace(old, new)
    (home / "query.sql").write_text(query)
    return home


def test_a_running_join_is_upgraded_and_no_pair_is_lost(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack: Settings = fresh_stack().start()
    records = scattered("upgrade", 1_800, (-48.05, -48.0), (30.0, 30.06), 25, 11)
    parts = [records[first : first + 360] for first in (0, 360, 720, 1_080)] + [records[1_440:]]
    state_that_fits_is_gone_on_from(stack, tmp_path, parts[:3])
    state_that_does_not_fit_is_told_and_begun_anew(stack, tmp_path, parts)


def state_that_fits_is_gone_on_from(stack: Settings, tmp_path: Path, parts: list[list[Record]]) -> None:
    shipped = version(tmp_path / "shipped")
    longer = version(
        tmp_path / "longer",
        view=("CREATE TEMPORARY VIEW found AS", DETOUR),
        read=(COPIES, COPIES.replace("copies", "longer")),
    )
    data = tmp_path / "jobs"
    first = Upgraded(stack, data, shipped)
    second = Upgraded(stack, data, longer, disorder_s=172_800)
    third = Upgraded(stack, data, shipped)
    try:
        first.start()
        publish(stack, parts[0][:250])
        await_checkpoint(first)
        publish(stack, parts[0][250:])
        assert first.stop() == 0  # with a savepoint, as an operator does
        second.start()
        await_checkpoint(second)
        publish(stack, parts[1])
        second.kill()  # and a step back to the version before, from a checkpoint that a kill left
        third.start()
        publish(stack, parts[2])
        third.caught_up()
        wanted = expected(stack, "upgrade", REFERENCE)
        assert crossing(wanted, parts, 1) > 1_000
        assert_same(links(stack, "upgrade"), wanted)  # each once: nothing was lost, nothing came twice
        assert "linked_incidents.anew" not in third.counted()
        assert sum(map(len, parts)) > third.counted()["linked_incidents.records_in"] > 0
        assert third.stop() == 0
    finally:
        for one in (first, second, third):
            one.stop()


def state_that_does_not_fit_is_told_and_begun_anew(stack: Settings, tmp_path: Path, parts: list[list[Record]]) -> None:
    turned = version(tmp_path / "turned", key=("PARTITION BY (match_value, cell)", "PARTITION BY (cell, match_value)"))
    data = tmp_path / "jobs"
    first = Upgraded(stack, data, tmp_path / "shipped" / "linked_incidents", cell_m=2_700)
    second = Upgraded(stack, data, turned, cell_m=2_700)
    shape = data / "flink" / "checkpoints" / "linked_incidents" / "shape.json"
    try:
        first.start()  # known before it begins: its cells are others
        publish(stack, parts[3])
        first.caught_up()
        assert "cell_m is 2700.0, and was 1800.0" in first.counted()["linked_incidents.anew"]
        assert first.stop() == 0
        body = json.loads(shape.read_text())  # what a change of Java would be: nothing but Flink can tell
        body["functions"] = {"linked-incidents-v2": "cell BIGINT NOT NULL, match_value VARCHAR(2147483647) NOT NULL"}
        shape.write_text(json.dumps(body))
        second.start()
        publish(stack, parts[4])
        second.caught_up()
        assert "flink does not take it" in second.counted()["linked_incidents.anew"]
        wanted = expected(stack, "upgrade", REFERENCE)
        assert crossing(wanted, parts, 3) > 1_000
        found = links(stack, "upgrade")
        same = found.unique()
        assert same.height < found.height  # what was found before was found again, and is the same in every column
        assert_same(same, wanted)
    finally:
        for one in (first, second):
            one.stop()


def crossing(wanted: pl.DataFrame, parts: list[list[Record]], after: int) -> int:
    """How many pairs have one record of the parts up to number ``after`` and one that first came after them."""
    came: dict[str, int] = {}
    for number, part in enumerate(parts, 1):
        for record in part:
            came.setdefault(record["record_id"], number)
    ends = zip(wanted["a_record_id"], wanted["b_record_id"], strict=True)
    return sum((came[a] <= after) != (came[b] <= after) for a, b in ends)
