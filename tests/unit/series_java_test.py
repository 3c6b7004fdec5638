"""Series in Java against a plain model: of whole graphs, and as incidents come, change and go one by one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import NamedTuple

import pytest
from series_model import Found, clusters

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from streams import settings
from tests.unit import java_check

CHECK = Path(__file__).parent / "java" / "SeriesCheck.java"
LEAST_STRENGTH = 4.0
OWN = "north"
DAY_S = 86_400


class Graph(NamedTuple):
    """Times of incidents, log odds of the pairs that are linked."""

    times: dict[str, int]
    links: dict[frozenset[str], float]


@pytest.fixture(scope="module")
def jar() -> Path:
    parts.ensure(FLINK_JARS)
    return compiler.jar(settings.load(), [CHECK], patterns=["linked_series"])


def java(jar: Path, mode: str, lines: list[str]) -> list[list[str]]:
    """The blocks that the check prints."""
    answer = java_check.run(jar, "crossbeat.series.SeriesCheck", mode, given="".join(f"{line}\n" for line in lines))
    return list(_blocks(answer, links_first=mode == "incidents"))


def _blocks(answer: str, *, links_first: bool) -> Iterator[list[str]]:
    block: list[str] = []
    for line in answer.splitlines():
        if line or (links_first and not block):
            block.append(line)
        else:
            yield block
            block = []


def found(line: str) -> Found:
    strength, members = line.split(" ")
    return Found(float(strength), tuple(members.split(",")))


def graph(seed: int) -> Graph:
    """Groups of incidents that overlap. Few times and few scores, all sums exact: much is equal, and ties decide."""
    random = Random(seed)
    size = random.randint(3, 30)
    names = [f"i{number}" for number in random.sample(range(100), size)]
    links = {}
    for _ in range(random.randint(1, 16)):
        group = random.sample(names, random.randint(2, min(size, 5)))
        density = random.choice((0.5, 0.8, 1.0))
        for at, one in enumerate(group):
            for other in group[:at]:
                if random.random() < density:
                    links[frozenset((one, other))] = random.choice((-0.5, 0.5, 1.0))
    return Graph({name: random.randint(0, 2) for name in names}, links)


def written(of: Graph) -> list[str]:
    nodes = [f"N {name} {at}" for name, at in of.times.items()]
    return [*nodes, *(f"L {' '.join(pair)} {score}" for pair, score in of.links.items()), ""]


def test_the_series_of_a_graph_are_those_of_the_plain_model(jar: Path) -> None:
    graphs = [graph(seed) for seed in range(400)]
    answers = java(jar, "graphs", [line for one in graphs for line in written(one)])
    expected = [clusters(one.times, one.links) for one in graphs]
    assert [[found(line) for line in answer] for answer in answers] == expected
    assert sum(len(one) > 1 for one in expected) > 80, "nearly none has series that could take from each other"


def incidents(seed: int) -> list[str]:
    """Some streets with two ways of doing it each; one in four lines takes back or moves what is there."""
    random = Random(seed)
    ways = [("forced", "rear_door", "crowbar", "house"), ("lock_defeated", "front_door", "lockpick", "apartment")]
    lines: list[str] = []
    revisions: dict[str, int] = {}
    for _ in range(150):
        again = revisions and random.random() < 0.25
        name = random.choice(list(revisions)) if again else f"i{len(revisions)}"
        revisions[name] = revisions.get(name, 0) + 1
        gone = int(bool(again) and random.random() < 0.7)
        street = random.randrange(5)
        lat, lon = 43.6 + 0.005 * street + random.gauss(0, 0.0025), -79.4 + random.gauss(0, 0.0025)
        district = random.choice((OWN, "south", "south", "south"))
        at = round(random.uniform(0, 90) * DAY_S)
        way = random.choice(ways) if random.random() < 0.7 else ("unknown",) * 4
        lines.append(f"{name} {revisions[name]} {district} {gone} {at} {lat!r} {lon!r} {' '.join(way)}")
    return lines


@pytest.mark.parametrize("seed", [3, 5, 8, 15, 45])
def test_what_stands_is_what_all_incidents_at_once_would_say(jar: Path, seed: int) -> None:
    lines = incidents(seed)
    times: dict[str, int] = {}
    owners: dict[str, str] = {}
    links: dict[frozenset[str], float] = {}
    ended = most = 0
    before: set[tuple[str, ...]] = set()
    for line, (linked, *standing) in zip(lines, java(jar, "incidents", lines), strict=True):
        name, _, owners[name], gone, at, *_ = line.split(" ")
        links = {pair: score for pair, score in links.items() if name not in pair}
        times.pop(name, None)
        if gone == "0":
            times[name] = int(at)
        for link in linked.split():
            other, score = link.split("=")
            links[frozenset((name, other))] = float(score)
        told = [
            one
            for one in clusters(times, links)
            if one.strength >= LEAST_STRENGTH and OWN in {owners[member] for member in one.members}
        ]
        got = [found(row) for row in standing]
        assert sorted(tuple(sorted(one.members)) for one in got) == sorted(tuple(sorted(one.members)) for one in told)
        assert sorted(one.strength for one in got) == pytest.approx(sorted(one.strength for one in told), abs=0.006)
        now = {one.members for one in told}
        ended += any(not any(set(old) <= set(new) for new in now) for old in before)
        before, most = now, max(most, len(now))
    assert most > 1
    assert ended > 1, "nearly nothing fell apart"
