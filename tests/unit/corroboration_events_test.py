"""Events in Java: how they grow, join, part and end; in any order of arrival they are those of a brute force."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import pytest

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from jobs.patterns.linked_incidents.reference import haversine_m
from streams import settings
from tests.unit import java_check

CHECK = Path(__file__).parent / "java" / "CorroborationCheck.java"
METRES, GAP_MS, LONGEST_MS, LEAST = 200.0, 900_000, 3_600_000, 0.5
MINUTE_MS = 60_000
DEGREES_A_METRE = 1 / 111_195
Change = tuple[str, str, str]
"""Name of an event; its evidence, joined by commas, or ``-``; the event that it became part of, or ``-``."""


@dataclass(frozen=True)
class State:
    """A state of a record: minutes, metres north of a point."""

    id: str
    feed: str
    minute: int
    north: float = 0.0
    weight: float = 0.6
    revision: int = 1
    stands: bool = True
    lasts: int = 0

    def line(self) -> str:
        """As the check reads it."""
        since = self.minute * MINUTE_MS
        lat = 43.66 + self.north * DEGREES_A_METRE
        until = since + self.lasts * MINUTE_MS
        stands = str(self.stands).lower()
        return f"{self.id} {self.revision} {self.feed} {since} {until} {lat!r} -79.39 {self.weight!r} {stands}"


@pytest.fixture(scope="module")
def jar() -> Path:
    parts.ensure(FLINK_JARS)
    return compiler.jar(settings.load(), [CHECK])


def found(jar: Path, scenarios: Sequence[Sequence[State]]) -> list[list[list[Change]]]:
    """What each state of each scenario changed."""
    lines = "\n\n".join("\n".join(state.line() for state in states) for states in scenarios)
    numbers = (METRES, GAP_MS, LONGEST_MS, LEAST)
    answer = java_check.run(jar, "crossbeat.corroboration.CorroborationCheck", *numbers, given=f"{lines}\n")
    changes = iter(_blocks(answer))
    return [[next(changes) for _ in states] for states in scenarios]


def _blocks(answer: str) -> list[list[Change]]:
    blocks: list[list[Change]] = [[]]
    for line in answer.splitlines():
        if line:
            name, evidence, joined = line.split(" ")
            blocks[-1].append((name, evidence, joined))
        else:
            blocks.append([])
    return blocks[:-1]


def standing(changes: Sequence[Sequence[Change]]) -> dict[str, str]:
    """What stands after all: name to evidence."""
    told: dict[str, str] = {}
    for name, evidence, _ in (each for step in changes for each in step):
        if evidence == "-":
            del told[name]  # an end of what was never told would be an error
        else:
            told[name] = evidence
    return told


def expected(states: Sequence[State]) -> set[str]:
    """The evidence of all events, by comparing everything with everything."""
    newest: dict[str, State] = {}
    for state in states:
        if state.id not in newest or newest[state.id].revision < state.revision:
            newest[state.id] = state
    left = sorted((one for one in newest.values() if one.stands), key=lambda one: (one.minute, one.id))
    evidence = set()
    while left:
        event = [left.pop(0)]
        for one in event:
            near = [other for other in left if _near(one, other)]
            event += near
            left = [other for other in left if other not in near]
        event.sort(key=lambda one: (one.minute, one.id))
        feeds: dict[str, list[State]] = {}
        for one in event:
            feeds.setdefault(one.feed, []).append(one)
        wrong = float(np.prod([1 - max(one.weight for one in feed) for feed in feeds.values()]))
        if len({feed.split("/")[1] for feed in feeds}) >= 2 and 1 - wrong >= LEAST:
            evidence.add(",".join(feed[0].id for feed in feeds.values()))
    return evidence


def _near(one: State, other: State) -> bool:
    apart = max(one.minute - other.minute - other.lasts, other.minute - one.minute - one.lasts)
    here, there = (np.array([43.66 + each.north * DEGREES_A_METRE]) for each in (one, other))
    lon = np.array([-79.39])
    return apart * MINUTE_MS <= GAP_MS and bool(haversine_m(here, lon, there, lon)[0] <= METRES)


CAMERA = State("cam", "north/camera_event", 0)
REPORT = State("rep", "north/online_report", 5)
PATROL = State("pat", "north/patrol", 9, weight=0.9)
GONE = replace(REPORT, revision=2, stands=False)
CALLS = [replace(CAMERA, id=f"cam{minute:02d}", minute=minute) for minute in range(0, 60, 10)]
TWO, OVER = ("cam/1", "cam,rep", "-"), ("cam/1", "-", "-")


@pytest.mark.parametrize(
    ("states", "changes"),
    [
        ([CAMERA, REPORT], [[], [TWO]]),
        ([REPORT, CAMERA, PATROL], [[], [("rep/1", "cam,rep", "-")], [("rep/1", "cam,rep,pat", "-")]]),
        ([CAMERA, REPORT, GONE], [[], [TWO], [OVER]]),
        ([CAMERA, GONE, REPORT], [[], [], []]),
        (
            [CAMERA, REPORT, PATROL, GONE],
            [[], [TWO], [("cam/1", "cam,rep,pat", "-")], [("cam/1", "cam,pat", "-")]],
        ),
        ([CAMERA, REPORT, replace(REPORT, revision=2, north=900.0)], [[], [TWO], [OVER]]),
        ([CAMERA, REPORT, replace(REPORT, minute=6)], [[], [TWO], []]),
        # Two events, then a record between them; then it is taken back.
        (
            [
                CAMERA,
                REPORT,
                replace(CAMERA, id="cam2", north=300.0),
                replace(REPORT, id="rep2", north=300.0),
                replace(PATROL, north=150.0),
                replace(PATROL, revision=2, stands=False),
            ],
            [
                [],
                [TWO],
                [],
                [("cam2/1", "cam2,rep2", "-")],
                [("cam2/1", "-", "cam/1"), ("cam/1", "cam,rep,pat", "-")],
                [TWO, ("cam2/1", "cam2,rep2", "-")],
            ],
        ),
        # A camera that goes on calling carries the event to what is said at its end.
        ([*CALLS, replace(REPORT, minute=60)], [[], [], [], [], [], [], [("cam00/1", "cam00,rep", "-")]]),
    ],
)  # fmt: skip
def test_what_a_record_changes(jar: Path, states: list[State], changes: list[list[Change]]) -> None:
    assert found(jar, [states]) == [changes]


def test_any_order_of_arrival_gives_the_events_of_a_brute_force(jar: Path) -> None:
    random = np.random.default_rng(170)
    scenarios = []
    for _ in range(400):
        states = [_drawn(random, number) for number in range(int(random.integers(2, 14)))]
        for one in list(states):
            if random.random() < 0.3:
                states.append(
                    replace(_drawn(random, 0), id=one.id, feed=one.feed, revision=2, stands=random.random() < 0.5)
                )
        states += [one for one in states if random.random() < 0.1]
        scenarios += [states, [states[index] for index in random.permutation(len(states))]]
    told = 0
    for states, changes in zip(scenarios, found(jar, scenarios), strict=True):
        stands = standing(changes)
        assert len(stands) == len(set(stands.values()))
        assert set(stands.values()) == expected(states), states
        told += len(stands)
    assert told > 400


def _drawn(random: np.random.Generator, number: int) -> State:
    feeds = ["north/camera_event", "south/camera_event", "north/online_report", "north/patrol", "south/incident"]
    return State(
        f"r{number:02d}",
        feeds[int(random.integers(len(feeds)))],
        int(random.integers(0, 90)),
        north=float(random.uniform(0, 900)),
        weight=float(random.choice([0.2, 0.4, 0.6, 0.9])),
        lasts=int(random.integers(0, 8)),
    )
