"""Every case of every pattern: its real query on given records must give the expected rows, and no more."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from jobs import pattern
from jobs.trial import Trial, same
from jobs.trial_lines import read

pytestmark = [pytest.mark.server, pytest.mark.timeout(120)]
CASES = sorted(file.parent for file in pattern.ROOT.glob("*/cases/*/given.jsonl"))
Row = tuple[str, dict[str, Any]]


def name(case: Path) -> str:
    return case.parents[1].name


def matched(expected: Sequence[Row], rows: Sequence[Row]) -> list[int | None]:
    """For each row the expectation that it is matched to, such that as many as can be are."""
    of_row: list[int | None] = [None] * len(rows)

    def place(want: int, tried: set[int]) -> bool:
        table, columns = expected[want]
        for index, (came_from, row) in enumerate(rows):
            if index in tried or came_from != table or not same(columns, row):
                continue
            tried.add(index)
            holder = of_row[index]
            if holder is None or place(holder, tried):
                of_row[index] = want
                return True
        return False

    for want in range(len(expected)):
        place(want, set())
    return of_row


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{name(case)}-{case.name}")
def test_case(trial: Trial, case: Path) -> None:
    expected = [(line["table"], line["row"]) for line in read(case / "expect.jsonl")]
    rows = trial.run(name(case), read(case / "given.jsonl"))
    of_row = matched(expected, rows)
    missing = [want for index, want in enumerate(expected) if index not in of_row]
    surplus = [row for row, want in zip(rows, of_row, strict=True) if want is None]
    assert not missing and not surplus, f"missing: {missing}\ncame and was not expected: {surplus}"


@pytest.mark.parametrize("one", pattern.names())
def test_every_pattern_shows_what_it_finds_and_what_it_does_not(one: str) -> None:
    if pattern.load(one).delivers:
        return  # what it delivers is tried with a broker
    outcomes = [bool(read(case / "expect.jsonl")) for case in CASES if name(case) == one]
    assert outcomes.count(True) >= 2 and outcomes.count(False) >= 2, f"{one} must have true and false cases"


def test_rows_are_matched_as_well_as_can_be() -> None:
    wide, narrow = ("t", {"a": 1}), ("t", {"a": 1, "b": 2.0})
    rows = [("t", {"a": 1, "b": 2.0000001}), ("t", {"a": 1, "b": 3.0}), ("u", {"a": 1, "b": 2.0})]
    assert matched([wide, narrow], rows) == [1, 0, None]
