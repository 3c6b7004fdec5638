"""Nothing that a pattern tells a district changes when a record of any type that it may not see is there or not."""

from __future__ import annotations

import json
from collections import defaultdict
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from jobs import pattern
from jobs.trial import Trial
from jobs.trial_lines import read
from tests.flow.hidden_lines import CASES, Hidden, among, readers, shown

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]
TRIES = tuple(name for name in pattern.names() if not pattern.load(name).delivers)
EXAMPLES = 8
TURNS = 8
STAMPS = ("sent", "effective", "updated_at")
"""When Flink wrote it, which no two runs have alike."""
VISIBLE_TO = "visible_to"
WHOLE = ("linked_alerts",)
"""Reads its contract whole, so who may see it too. Patterns that do not ask for it tell owners of their own records."""
Many = st.lists(
    st.builds(
        Hidden,
        like=st.floats(0, 1, exclude_max=True),
        owner=st.floats(0, 1, exclude_max=True),
        later=st.integers(0, 6),
        minutes=st.sampled_from([0, 0, 0, 5, 30]),
        steps=st.integers(-3, 3),
        taken_back=st.booleans(),
    ),
    min_size=3,
    max_size=12,
)


def telling(one: str) -> list[tuple[Path, str]]:
    """The cases of a pattern that end in an alert or a link, each with every district that has a part in it."""
    return [
        (case, reader)
        for case in CASES
        if case.parents[1].name == one and read(case / "expect.jsonl")
        for reader in readers(case)
    ]


Told = tuple[str, ...]


def told(trial: Trial, one: str, lines: list[dict[str, Any]], reader: str) -> Told:
    """What the reader is told, in any order."""
    rows = trial.run(one, lines)
    seen = [row for _, row in rows if reader in (row.get("visible_to") or ()) or row.get("recipient") == reader]
    return tuple(sorted(json.dumps({k: v for k, v in row.items() if k not in STAMPS}, sort_keys=True) for row in seen))


@pytest.mark.parametrize("one", TRIES)
def test_a_pattern_tells_nobody_of_what_it_may_not_see(trial: Trial, one: str) -> None:
    loaded = pattern.load(one)
    events = {table.contract: table.event_time for table in loaded.reads.values() if table.event_time}
    events.pop("heartbeat", None)
    released = any(VISIBLE_TO in table.columns for table in loaded.reads.values()) or one in WHOLE
    without: dict[tuple[Path, str], set[Told]] = defaultdict(set)
    mattered: set[Path] = set()

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(st.sampled_from(telling(one)), Many)
    def alike(place: tuple[Path, str], hidden: list[Hidden]) -> None:
        case, reader = place
        lines = read(case / "given.jsonl")
        more, known, found = among(lines, reader, events, hidden), without[place], set[Told]()
        if (
            released
            and not mattered
            and told(trial, one, [shown(line, reader) for line in more], reader) != told(trial, one, more, reader)
        ):
            mattered.add(case)
        for _ in range(TURNS):
            # Records of two topics come in any order, here as live, so one case may end in more than one way.
            found.add(told(trial, one, more, reader))
            if not known.isdisjoint(found):
                return
            known.add(told(trial, one, lines, reader))
            if not known.isdisjoint(found):
                return
        raise AssertionError(f"{case.name}, {reader}, with {[line for line in more if line not in lines]}: {found}")

    alike()
    assert any(any(each) for each in without.values()), "nobody was told of anything"
    assert mattered or not released, "what was hidden would have changed nothing, had it been in sight"
