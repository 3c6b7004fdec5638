"""What the pattern tells of a case, worked out by brute force: the rules of its README, written apart from its Java.

Every hour all cylinders are counted anew; chance is judged by the exact tails alone, without permutations, which decide
nothing where incidents are as few as in the cases.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from jobs.patterns.border_cluster.reference import Cylinder, ScanSettings, at_most, cylinders, log_ratio
from jobs.patterns.linked_incidents.reference import DAY_MS, haversine_m
from jobs.trial_lines import milliseconds

HOUR_MS = DAY_MS // 24
BASELINE_MS, LEAST_MS, LATE_MS = 28 * DAY_MS, 7 * DAY_MS, 600_000
GROWTH = 1.5
SCAN = ScanSettings()
LONGEST_MS = round(max(SCAN.windows_days) * DAY_MS)


@dataclass
class Seen:
    """An incident as the recipient sees it."""

    id: str
    revision: int
    mine: bool
    district: str
    at: int
    lat: float
    lon: float
    known: int
    gone: bool


@dataclass
class Told:
    """A cluster that stands: a circle from a moment on, and what its alert says."""

    lat: float
    lon: float
    radius: float
    since: int
    until: int
    found: int
    ids: list[str]
    districts: list[str]

    def holds(self, one: Seen) -> bool:
        return one.at > self.since and self.near(one)

    def near(self, one: Seen) -> bool:
        return metres(self.lat, self.lon, one) <= self.radius


def metres(lat: float, lon: float, one: Seen) -> float:
    return float(haversine_m(np.array(lat), np.array(lon), np.array(one.lat), np.array(one.lon)))


class Model:
    """One recipient and category. ``said`` is what it was told, in order: kind, record ids, districts."""

    def __init__(self, recipient: str, category: str, recurrence_days: float = 3650.0) -> None:
        self.recipient, self.category = recipient, category
        self.significance = 1 / (24 * recurrence_days)
        self.seen: dict[str, Seen] = {}
        self.standing: list[Told] = []
        self.done: int | None = None
        self.said: list[tuple[str, list[str], list[str]]] = []

    def read(self, lines: Iterable[Mapping[str, Any]]) -> Model:
        for line in lines:
            if "clock" in line:
                self.pass_to(milliseconds(line["clock"]) - LATE_MS)
            else:
                self.take(line["record"])
        return self

    def take(self, record: Mapping[str, Any]) -> None:
        if record["category"] != self.category:
            return
        before, visible = self.seen.get(record["record_id"]), self.recipient in record["visible_to"]
        if not visible and before is None:
            return
        recorded = milliseconds(record["recorded_at"])
        late = self.done is not None and recorded <= self.done
        now = Seen(
            record["record_id"],
            record.get("revision", 1),
            record["district"] == self.recipient,
            record["district"],
            milliseconds(record["occurred_from"]),
            record["lat"],
            record["lon"],
            self.step(self.done + 1 if late and self.done is not None else recorded),
            bool(record.get("retracted")) or not visible,
        )
        if before is not None and before.revision >= now.revision:
            return
        same = before is not None and (before.at, before.lat, before.lon, before.gone) == (
            now.at,
            now.lat,
            now.lon,
            now.gone,
        )
        if same and before is not None:
            now.known = min(now.known, before.known)
        self.seen[now.id] = now
        if before is not None and not same:
            self.correct(now)

    def correct(self, changed: Seen) -> None:
        for told in [one for one in self.standing if changed.id in one.ids]:
            then = self.counted(told.until, known_by=None)
            members = [one for one in then if told.holds(one)]
            row = sum(told.near(one) for one in then)
            column = sum(one.at > told.since for one in then)
            ratio = log_ratio(len(members), row * column / len(then), len(then)) if enough(members) else 0.0
            if ratio > 0 and self.seldom(then, told.until, ratio):
                told.ids, told.districts = ids(members), districts(members)
                self.said.append(("Update", sorted(told.ids), told.districts))
            else:
                self.standing.remove(told)
                self.said.append(("Cancel", sorted(told.ids), told.districts))
                for one in self.seen.values():
                    if not one.gone and told.holds(one):
                        one.known = max(one.known, changed.known)

    def pass_to(self, moment: int) -> None:
        first = self.done if self.done is not None else min((one.known for one in self.seen.values()), default=moment)
        for step in range(self.step(first), moment + 1, HOUR_MS):
            if self.done is None or step > self.done:
                self.analyse(step)
        self.done = moment

    def analyse(self, now: int) -> None:
        counted = self.counted(now, known_by=now)
        fresh = {one.id for one in counted if one.known == now}
        self.standing = [one for one in self.standing if one.until > now - BASELINE_MS]
        if not fresh or now - counted[0].at < LEAST_MS:
            return
        apart, age, mine = arrays(counted, now)
        every = cylinders(apart, age, mine, SCAN)
        order = sorted(every, key=lambda one: (-one.ratio, one.radius_m, one.days, *place(counted[one.centre])))
        taken: set[str] = set()
        for cylinder in order:
            members = [counted[n] for n in np.flatnonzero(inside(apart, age, cylinder))]
            if not fresh & set(ids(members)) or taken & set(ids(members)):
                continue
            touched = [
                one for one in self.standing if one.found > now - LONGEST_MS and any(one.holds(m) for m in members)
            ]
            if len(touched) > 1:
                continue
            told = touched[0] if touched else None
            if told is not None:
                shared = sum(told.holds(one) for one in members)
                late = sum(told.holds(one) and one.at > now - LONGEST_MS for one in counted)
                if 2 * shared < min(len(members), late):
                    continue
            if (
                told is None
                or len(members) >= GROWTH * len(told.ids)
                or not set(districts(members)) <= set(told.districts)
                or now >= told.until + LONGEST_MS
            ):
                if not self.seldom(counted, now, cylinder.ratio):
                    return
                self.said.append(("Alert" if told is None else "Update", sorted(ids(members)), districts(members)))
                if told is not None:
                    self.standing.remove(told)
                since = now - round(cylinder.days * DAY_MS)
                centre = place(counted[cylinder.centre])
                self.standing.append(
                    Told(*centre, cylinder.radius_m, since, now, now, ids(members), districts(members))
                )
            else:
                told.found = now
            taken |= set(ids(members))

    def counted(self, at: int, known_by: int | None) -> list[Seen]:
        found = [
            one
            for one in self.seen.values()
            if not one.gone and at - BASELINE_MS < one.at <= at and (known_by is None or one.known <= known_by)
        ]
        return sorted(found, key=lambda one: (one.at, one.id))

    def seldom(self, counted: list[Seen], at: int, ratio: float) -> bool:
        apart, age, _ = arrays(counted, at)
        return at - counted[0].at >= LEAST_MS and at_most(apart, age, SCAN, ratio) <= self.significance

    @staticmethod
    def step(moment: int) -> int:
        return -(-moment // HOUR_MS) * HOUR_MS


def arrays(counted: list[Seen], at: int) -> tuple[Any, Any, Any]:
    lat, lon = (np.array([getattr(one, name) for one in counted]) for name in ("lat", "lon"))
    apart = haversine_m(lat[:, None], lon[:, None], lat[None, :], lon[None, :])
    return apart, np.array([float(at - one.at) for one in counted]), np.array([one.mine for one in counted])


def inside(apart: Any, age: Any, cylinder: Cylinder) -> Any:
    return (apart[cylinder.centre] <= cylinder.radius_m) & (age < cylinder.days * DAY_MS)


def place(one: Seen) -> tuple[float, float]:
    return one.lat, one.lon


def ids(members: list[Seen]) -> list[str]:
    return [one.id for one in members]


def districts(members: list[Seen]) -> list[str]:
    return sorted({one.district for one in members})


def enough(members: list[Seen]) -> bool:
    own = sum(one.mine for one in members)
    return len(members) >= SCAN.incidents and min(own, len(members) - own) >= SCAN.each_side
