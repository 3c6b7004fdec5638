"""Which incidents are a series, worked out plainly: the rules of the pattern's README, written apart from its Java."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import NamedTuple

Links = Mapping[frozenset[str], float]


class Found(NamedTuple):
    """A series: the log odds that hold it together, its incidents by time."""

    strength: float
    members: tuple[str, ...]


def clusters(times: Mapping[str, int], links: Links) -> list[Found]:
    """The series of all incidents at once, the strongest first.

    Args:
        times: when each incident was.
        links: log odds of each pair that is linked.
    """
    found = sorted((_found(one, times, links) for one in _communities(links)), key=lambda one: _rank(one, times))
    taken: set[str] = set()
    result = []
    for one in found:
        left = set(one.members) - taken
        if len(left) > 2:
            result.append(_found(left, times, links))
            taken |= left
    return result


def _rank(one: Found, times: Mapping[str, int]) -> tuple[float, list[tuple[int, str]]]:
    return -one.strength, [(times[name], name) for name in one.members]


def _communities(links: Links) -> list[set[str]]:
    """Triangles, laid together as long as two have a link in common."""
    near: dict[str, set[str]] = defaultdict(set)
    for pair in links:
        for name in pair:
            near[name] |= pair - {name}
    groups: list[set[frozenset[str]]] = []
    for pair in links:
        one, other = sorted(pair)
        for third in near[one] & near[other]:
            sides = {pair, frozenset((one, third)), frozenset((other, third))}
            apart = [group for group in groups if not group & sides]
            groups = [*apart, sides.union(*(group for group in groups if group & sides))]
    return [set().union(*group) for group in groups]


def _found(members: set[str], times: Mapping[str, int], links: Links) -> Found:
    return Found(_strength(members, links), tuple(sorted(members, key=lambda name: (times[name], name))))


def _strength(members: set[str], links: Links) -> float:
    """The best links that close no ring (Kruskal's method); what is below an even chance adds nothing."""
    trees = {name: {name} for name in members}
    total = 0.0
    for pair in sorted((pair for pair in links if pair <= members), key=lambda pair: -links[pair]):
        one, other = pair
        if links[pair] > 0 and trees[one] is not trees[other]:
            total += links[pair]
            trees[one] |= trees[other]
            for name in trees[other]:
                trees[name] = trees[one]
    return total
