"""Alerts against the truth of a city: what was found and when, what was missed and why, what was false."""

from __future__ import annotations

import importlib
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from infra.evaluate.detect import Raised
from infra.evaluate.gated import City

MINUTE_MS = 60_000
Item = dict[str, Any]


@dataclass(frozen=True)
class Judged:
    """One planted item: whether it was found, and how long after it could be known (None where nothing says when).

    ``events`` counts the records of all that the pattern reads that arrived in that time.
    """

    seed: int
    kind: str
    item: str
    across: bool
    found: bool
    minutes: float | None = None
    events: int | None = None
    why: str = ""


@dataclass(frozen=True)
class Outcome:
    """One pattern in one city. ``alerts`` counts identities: an alert with its updates is one.

    ``notices`` claim nothing and are no alerts; ``too_late`` counts planted items of which too little had arrived by
    the end of the city to know them: nobody could have found them, and they are not judged.
    """

    seed: int
    pattern: str
    items: tuple[Judged, ...]
    alerts: int
    true: int
    weeks: float
    false: tuple[str, ...]
    notices: int = 0
    too_late: int = 0

    @property
    def a_week(self) -> float:
        """False alerts a district-week."""
        return (self.alerts - self.true) / self.weeks


@dataclass(frozen=True)
class Truth:
    """What a pattern is held to: ``truth.py`` in its folder.

    ``notice`` says which of its alerts claim nothing; by default each claims what it says.
    """

    kinds: tuple[str, ...]
    matches: Callable[[Item, dict[str, Any]], bool]
    notice: Callable[[dict[str, Any]], bool] = lambda _: False

    @classmethod
    def of(cls, name: str) -> Truth | None:
        """That of a pattern; None where it has none."""
        where = f"jobs.patterns.{name}.truth"
        try:
            module = importlib.import_module(where)
        except ModuleNotFoundError as error:
            if error.name != where:
                raise
            return None
        kinds = (module.TRUTH,) if isinstance(module.TRUTH, str) else tuple(module.TRUTH)
        return cls(kinds, module.matches, getattr(module, "notice", cls.notice))


def outcome(name: str, truth: Truth, raised: Sequence[Raised], arrivals: Sequence[int], city: City) -> Outcome:
    """Hold the alerts of a pattern, in the order of their moments, to the truth of the city."""
    in_order = sorted(raised, key=lambda one: (one.at, str(one.alert["identifier"])))
    ordered = [one for one in in_order if not truth.notice(one.alert)]
    planted = [(kind, item) for kind in truth.kinds for item in city.truth.get(kind, [])]
    items = [(kind, item) for kind, item in planted if item.get("known_from", 0) < city.end_ms]
    judged, true = [], set[str]()
    identity = _identities(ordered)
    for kind, item in items:
        hits = [one for one in ordered if one.alert["msg_type"] != "Cancel" and truth.matches(item, one.alert)]
        true |= {identity[one.alert["identifier"]] for one in hits}
        judged.append(_judged(city, kind, item, hits, arrivals, ordered))
    every = dict.fromkeys(identity.values())
    heads = {one.alert["identifier"]: one for one in ordered}
    planted_in = _planted(city)
    false = tuple(_false(heads[one], city, planted_in) for one in every if one not in true)
    return Outcome(
        city.seed,
        name,
        tuple(judged),
        len(every),
        len(true),
        city.weeks,
        false,
        notices=len(in_order) - len(ordered),
        too_late=len(planted) - len(items),
    )


def _judged(
    city: City, kind: str, item: Item, hits: list[Raised], arrivals: Sequence[int], raised: Iterable[Raised]
) -> Judged:
    named = str(
        item.get("id") or item.get("camera") or ":".join(map(str, (item.get("record_type"), item.get("district"))))
    )
    # A gap at a border is seen by two districts, though only one of them owes the visit.
    across = len({str(one).partition(":")[0] for one in item.get("records", [])}) > 1 or bool(item.get("border"))
    known = item.get("known_from")
    if not hits:
        return Judged(city.seed, kind, named, across, False, why=_why(item, raised, city))
    if known is None:
        return Judged(city.seed, kind, named, across, True)
    first = hits[0]
    minutes = max(0.0, (first.at - known) / MINUTE_MS)
    events = max(0, bisect_right(arrivals, first.at) - bisect_right(arrivals, known))
    return Judged(city.seed, kind, named, across, True, minutes, events)


def _why(item: Item, raised: Iterable[Raised], city: City) -> str:
    """What can be said of a missed item: how near an alert came, which records were refused or had a wrong clock."""
    planted = set(item.get("records", []))
    if not planted:
        return "no alert is of it; it has no records of its own"
    shared = max((len(planted & set(one.alert["incidents"])) for one in raised), default=0)
    said = [
        f"{shared} of its {len(planted)} records are in an alert" if shared else "none of its records is in an alert"
    ]
    if lost := len(planted - city.passed):
        said.append(f"{lost} of them did not pass the gate before the end of the city")
    if item.get("skewed"):
        said.append(f"{len(item['skewed'])} of them have a wrong clock")
    return "; ".join(said)


def _planted(city: City) -> dict[str, set[str]]:
    """Of each record the planted items that hold it, by kind and number."""
    found: dict[str, set[str]] = defaultdict(set)
    for items in city.truth.values():
        for item in items if isinstance(items, list) else ():
            if isinstance(item, dict) and "id" in item:
                for record in item.get("records", []):
                    found[record].add(str(item["id"]))
    return found


def _false(one: Raised, city: City, planted_in: dict[str, set[str]]) -> str:
    """A false alert in words, with what its evidence was planted for, if for anything: the likeliest reason."""
    evidence = one.alert["incidents"]
    counts = Counter(item for record in evidence for item in planted_in.get(record, ()))
    near = ", ".join(f"{count} of {len(evidence)} of {item}" for item, count in counts.most_common(2))
    said = f"seed {city.seed}: {one.alert['headline']} (to {one.alert['recipient']})"
    return f"{said}; of its evidence {near}" if near else f"{said}; all of its evidence is of the background"


def _identities(ordered: Sequence[Raised]) -> dict[str, str]:
    """The first identifier of the chain that each alert belongs to, by the references of updates and cancels."""
    earlier = {one.alert["identifier"]: one.alert["references"][:1] for one in ordered}

    def first(identifier: str) -> str:
        # It ends: an alert refers to those that were there before it.
        while earlier.get(identifier) and earlier[identifier][0] in earlier:
            identifier = earlier[identifier][0]
        return identifier

    return {identifier: first(identifier) for identifier in earlier}
