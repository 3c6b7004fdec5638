"""Areas that are judged only where a record may change something tell the same as areas that are judged at each."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from streams import settings
from tests.unit import java_check

CHECK = Path(__file__).parent / "java" / "CoverageCheck.java"
# missed, report, alive, silent, settle, keep, demand, busy, weight, near, stands: as the query hands them over.
NUMBERS = "2.5 20 30 90 60 36 28 10 0.1 150 24"
# By hour the wait is long or short, so that a visit can bring forward what is due.
BY_HOUR = "checkpoint primary 00-06 2.0 1 3\ncheckpoint primary 06-12 0.25 1 0\ncheckpoint primary 12-24 1.0 1 0"
# A neighbour's visit waits for the area's next look, whatever it brings forward: with one wait that is nothing.
ONE_WAIT = "checkpoint primary 00-06 1.0 1 3\ncheckpoint primary 06-24 1.0 1 0"
WORLDS, DAYS, AREAS = 120, 3, 3
HOUR = 60


@pytest.fixture(scope="module")
def jar() -> Path:
    parts.ensure(FLINK_JARS)
    return compiler.jar(settings.load(), [CHECK], patterns=["coverage_gap"])


def told(jar: Path, how: str, rules: str, lines: list[str]) -> list[str]:
    """What is told, behind the number of its line; sorted, for of one moment areas come in any order."""
    given = "".join(f"{line}\n" for line in lines)
    answer = java_check.run(jar, "crossbeat.coverage.CoverageCheck", how, f"{NUMBERS}|UTC|{rules}", given=given)
    return sorted(answer.splitlines())


def world(chance: random.Random, owners: list[str]) -> Iterator[str]:
    """Duties, visits of both sides, late ones, corrections, silences, and time that passes in steps and leaps."""
    yield "N"
    events: list[tuple[float, str]] = []
    for area in range(AREAS):
        for day in range(DAYS):
            since = day * 24 * HOUR + chance.randrange(8 * HOUR)
            until = since + chance.randrange(4, 16) * HOUR
            duty = f"D d{area}-{day} {{}} a{area} checkpoint {area} {since} {{}} {{}}"
            events.append((since - chance.randrange(10 * HOUR), duty.format(1, until, "stands")))
            if chance.random() < 0.2:
                told_at = since + chance.randrange(10 * HOUR)
                events.append((told_at, duty.format(2, until + 60, chance.choice(["stands", "gone"]))))
    for number in range(chance.randrange(60, 200)):
        since = chance.randrange(DAYS * 24 * HOUR)
        until = since + chance.randrange(20)
        owner = chance.choice(owners)
        area = chance.choice([f"a{each}" for each in range(AREAS)] + ["-"])
        strength = f"{chance.randrange(3)} {chance.randrange(4)}"
        visit = f"V v{number} {{}} {owner} {{}} {chance.randrange(AREAS + 1)} {since} {until} {strength} {{}}"
        at = until + (chance.randrange(6 * HOUR) if chance.random() < 0.15 else chance.randrange(15))
        events.append((at, visit.format(1, area, "stands")))
        if chance.random() < 0.1:
            other = chance.choice(["a0", "a1", "-"])
            events.append((at + chance.randrange(-30, 300), visit.format(2, other, chance.choice(["stands", "gone"]))))
    events.sort()
    clock = 0.0
    silent_until = chance.choice([0, 0, 5 * HOUR])  # no time comes from all feeds yet
    for at, line in events:
        if at > silent_until and at > clock:
            clock = at
            if chance.random() < 0.6:
                yield f"W {int(at)}"
        yield line
    yield f"W {(DAYS + 2) * 24 * HOUR}"


@pytest.mark.parametrize(("owners", "rules"), [(["north"], BY_HOUR), (["north", "north", "south"], ONE_WAIT)])
def test_what_is_told_is_the_same_as_where_each_visit_is_judged(jar: Path, owners: list[str], rules: str) -> None:
    chance = random.Random(7)
    lines = [line for _ in range(WORLDS) for line in world(chance, owners)]
    quick = told(jar, "quick", rules, lines)
    assert quick == told(jar, "plain", rules, lines)
    kinds = [line.split(" | ")[2] for line in quick]
    assert kinds.count("Alert") > 2 * WORLDS and kinds.count("Cancel") > WORLDS
