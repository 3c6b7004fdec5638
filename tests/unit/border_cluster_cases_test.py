"""What the cases of border_cluster expect is what brute force tells, and hangs on no throw of the dice."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from jobs import pattern
from jobs.trial_lines import read
from tests.unit.border_cluster_model import Model

CASES = sorted((pattern.ROOT / "border_cluster" / "cases").iterdir())
RECURRENCES = (3650.0 / 20, 3650.0, 2 * 3650.0)
"""The exact tails overstate p up to some ten times, and permutations blur it: nothing may turn on either."""
Said = tuple[str, str, str, list[str], list[str]]


def said(lines: list[dict[str, Any]], recurrence_days: float) -> list[Said]:
    records = [line["record"] for line in lines if "record" in line]
    keys = sorted({(reader, one["category"]) for one in records for reader in one["visible_to"]})
    return [
        (reader, category, *each)
        for reader, category in keys
        for each in Model(reader, category, recurrence_days).read(lines).said
    ]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_case_expects_what_brute_force_tells(case: Path) -> None:
    lines = read(case / "given.jsonl")
    rows = [line["row"] for line in read(case / "expect.jsonl")]
    expected = [
        (row["recipient"], row["category"], row["msg_type"], row["incidents"], row["districts"]) for row in rows
    ]
    for recurrence in RECURRENCES:
        assert said(lines, recurrence) == expected
