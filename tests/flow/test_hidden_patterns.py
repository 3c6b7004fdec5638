"""Nothing that a pattern tells a district changes when a record of any type that it may not see is there or not."""

from __future__ import annotations

import json
from collections import defaultdict
from typing import Any, NamedTuple

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from jobs import pattern
from jobs.trial import Trial
from jobs.trial_lines import read
from tests.flow.hidden_lines import CASES, Hidden, Line, among, readers, shown

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]
TRIES = tuple(name for name in pattern.names() if not pattern.load(name).delivers)
EXAMPLES = 8
TURNS = 8
SEARCHED = 80
STAMPS = ("sent", "effective", "updated_at")
"""When Flink wrote it, which no two runs have alike."""
EACH = [Hidden(like / 20, 0, 0, 0, 0, False) for like in range(20)]
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


Place = tuple[list[Line], str]


class Asked(NamedTuple):
    """One pattern, and what a test draws of it."""

    name: str
    events: dict[str, str]
    """The event time of each record type that has one."""
    released: bool
    """Whether it asks who may see a record."""

    @classmethod
    def of(cls, name: str) -> Asked:
        reads = pattern.load(name).reads.values()
        events = {table.contract: table.event_time for table in reads if table.event_time}
        events.pop("heartbeat", None)
        return cls(name, events, name in WHOLE or any(VISIBLE_TO in table.columns for table in reads))

    def drawn(self) -> st.SearchStrategy[Drawn]:
        """A case, a district with a part in it, and records that it may not see.

        Half of them of districts that the case ends by telling something, for of some patterns few are.
        """
        told, all_of = list[Place](), list[Place]()
        for case in CASES:
            expected = read(case / "expect.jsonl")
            if case.parents[1].name != self.name or not expected:
                continue
            lines = read(case / "given.jsonl")
            for reader in readers(case):
                if len(among(lines, reader, self.events, EACH)) > len(lines):  # else there is no other to hide
                    all_of.append((lines, reader))
                    if any(is_for(line["row"], reader) for line in expected):
                        told.append((lines, reader))

        def drawn(place: Place, hidden: list[Hidden]) -> Drawn:
            lines, reader = place
            return Drawn(lines, reader, among(lines, reader, self.events, hidden))

        places = st.sampled_from(told) | st.sampled_from(all_of)
        return st.builds(drawn, places, Many).filter(lambda one: len(one.more) > len(one.lines))


class Drawn(NamedTuple):
    """The lines of a case, who reads, and the lines with what the reader may not see among them."""

    lines: list[Line]
    reader: str
    more: list[Line]

    def __repr__(self) -> str:
        """What is hidden, from whom: the rest is in a file."""
        return f"{self.reader}, with {[line for line in self.more if line not in self.lines]}"


Told = tuple[str, ...]


def is_for(row: dict[str, Any], reader: str) -> bool:
    """Whether a row that came out reaches the district."""
    return reader in (row.get("visible_to") or ()) or row.get("recipient") == reader


def told(trial: Trial, one: str, lines: list[Line], reader: str) -> Told:
    """What the reader is told, in any order."""
    rows = trial.run(one, lines)
    seen = [row for _, row in rows if is_for(row, reader)]
    return tuple(sorted(json.dumps({k: v for k, v in row.items() if k not in STAMPS}, sort_keys=True) for row in seen))


@pytest.mark.parametrize("one", TRIES)
def test_a_pattern_tells_nobody_of_what_it_may_not_see(trial: Trial, one: str) -> None:
    without: dict[str, set[Told]] = defaultdict(set)

    @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(Asked.of(one).drawn())
    def alike(drawn: Drawn) -> None:
        known, found = without[json.dumps(drawn[:2])], set[Told]()
        for _ in range(TURNS):
            # Records of two topics come in any order, here as live, so one case may end in more than one way.
            found.add(told(trial, one, drawn.more, drawn.reader))
            if not known.isdisjoint(found):
                return
            known.add(told(trial, one, drawn.lines, drawn.reader))
            if not known.isdisjoint(found):
                return
        raise AssertionError(f"{drawn}: {found}, else {known}")

    alike()
    assert any(any(each) for each in without.values()), "nobody was told of anything"


@pytest.mark.parametrize("one", [name for name in TRIES if Asked.of(name).released])
def test_the_same_in_sight_would_have_been_told(trial: Trial, one: str) -> None:
    """Else the test above would hide nothing that counts."""

    mattered: list[Drawn] = []

    @settings(max_examples=SEARCHED, deadline=None, database=None, derandomize=True, phases=[Phase.generate])
    @given(Asked.of(one).drawn())
    def search(drawn: Drawn) -> None:
        if mattered:
            return
        seen = [shown(line, drawn.reader) for line in drawn.more]
        hidden, shows = set[Told](), set[Told]()
        for _ in range(TURNS):  # one case may end in more than one way: what differs once need not be the release
            hidden.add(told(trial, one, drawn.more, drawn.reader))
            shows.add(told(trial, one, seen, drawn.reader))
            if not hidden.isdisjoint(shows):
                return
        mattered.append(drawn)

    search()
    assert mattered, "what was hidden would have changed nothing, had it been in sight"
