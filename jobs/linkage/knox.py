"""Near repeats: pairs near in space and time against what chance gives, by the Knox test with permuted times.

Conventions are those of the Near Repeat Calculator as documented by the R package NearRepeat: distances along the axes
(Manhattan), bands that include where they begin and not where they end, days as whole days, and under chance every
incident keeps its place while the times are dealt anew. Knox, "The Detection of Space-Time Interactions" (1964);
Ratcliffe, "Near Repeat Calculator" (2009).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from jobs.linkage.crimes import Floats, Ints, Texts
from jobs.linkage.features import Pairs

METRES: Final = (0.0, 1.0, 100.0, 200.0, 300.0)
DAYS: Final = (0.0, 7.0, 14.0, 21.0)
RUNS: Final = 199
HOT_RATIO: Final = 1.2
HOT_P: Final = 0.05


@dataclass(frozen=True)
class Events:
    """Incidents as arrays of one length: metres on a plane, days as numbers, and whose they are ("" if not said)."""

    x_m: Floats
    y_m: Floats
    day: Floats
    district: Texts

    def __len__(self) -> int:
        """How many incidents."""
        return len(self.day)


@dataclass(frozen=True)
class Knox:
    """Counts of pairs: a row for each band of metres, a column for each band of days; the last ones have no end.

    ``expected`` is the mean over the permutations, ``p`` the share of all (the permutations and what was seen) with as
    many pairs as were seen, or more.
    """

    observed: Ints
    expected: Floats
    p: Floats

    @property
    def ratio(self) -> Floats:
        """Observed over expected; NaN where none is expected."""
        return np.divide(self.observed, self.expected, out=np.full(self.p.shape, np.nan), where=self.expected > 0)

    @property
    def hot(self) -> NDArray[np.bool_]:
        """Where there are more than chance gives: at least a fifth more, and p of 0.05 or less."""
        return (np.nan_to_num(self.ratio) >= HOT_RATIO) & (self.p <= HOT_P)


@dataclass(frozen=True)
class Border:
    """One border: pairs across it within reach in metres and days, what chance gives, and p."""

    districts: tuple[str, str]
    observed: int
    expected: float
    p: float

    @property
    def hot(self) -> bool:
        """Whether it has at least a fifth more pairs than chance gives, and p of 0.05 or less."""
        return self.observed >= HOT_RATIO * self.expected and self.p <= HOT_P


def knox(
    events: Events,
    metres: tuple[float, ...] = METRES,
    days: tuple[float, ...] = DAYS,
    runs: int = RUNS,
    seed: int = 0,
    *,
    straight: bool = False,
) -> Knox:
    """The table of all pairs.

    Args:
        events: what happened.
        metres: where each band begins, rising from 0; each ends where the next begins, the last never.
        days: the same for days.
        runs: how many permutations.
        seed: of the permutations.
        straight: measure as the crow flies, not along the axes.
    """
    pairs, apart = near(events, metres[-1], straight=straight)
    row = np.searchsorted(metres, apart, "right") - 1
    # The days of all pairs are the same however they are dealt: the last row is what the near ones leave.
    whole = _all_days(events.day, days)

    def table(day: Floats) -> Ints:
        column = np.searchsorted(days, np.abs(day[pairs.one] - day[pairs.other]), "right") - 1
        counts = np.bincount(row * len(days) + column, minlength=len(metres) * len(days)).reshape(-1, len(days))
        counts[-1] = whole - counts[:-1].sum(axis=0)
        result: Ints = counts.astype(np.int64)
        return result

    return Knox(*_against_chance(table, events.day, runs, seed))


def borders(events: Events, metres: float = 400.0, days: float = 14.0, runs: int = RUNS, seed: int = 0) -> list[Border]:
    """Each border that has incidents near it on both sides, the hottest first.

    A pair across a border is two incidents of its two districts, nearer than ``metres`` as the crow flies and less than
    ``days`` apart; under chance the times of all incidents are dealt anew.
    """
    pairs, _ = near(events, metres, straight=True)
    names, of = np.unique(events.district.astype(str), return_inverse=True)
    low, high = np.minimum(of[pairs.one], of[pairs.other]), np.maximum(of[pairs.one], of[pairs.other])
    across = (low != high) & (names[low] != "")
    one, other = pairs.one[across], pairs.other[across]
    keys, at = np.unique(low[across] * len(names) + high[across], return_inverse=True)

    def table(day: Floats) -> Ints:
        close = np.abs(day[one] - day[other]) < days
        result: Ints = np.bincount(at[close], minlength=len(keys)).astype(np.int64)
        return result

    observed, expected, p = _against_chance(table, events.day, runs, seed)
    found = [
        Border(
            (str(names[key // len(names)]), str(names[key % len(names)])),
            int(observed[n]),
            float(expected[n]),
            float(p[n]),
        )
        for n, key in enumerate(keys)
    ]
    return sorted(found, key=lambda border: (border.p, -border.observed / max(border.expected, 1e-9)))


def near(events: Events, metres: float, *, straight: bool) -> tuple[Pairs, Floats]:
    """The pairs nearer than so many metres, and how far apart they are."""
    order = np.argsort(events.x_m, kind="stable")
    x, y = events.x_m[order], events.y_m[order]
    ends = np.searchsorted(x, x + metres, "right")
    lefts, rights, found = [np.empty(0, np.int64)], [np.empty(0, np.int64)], [np.empty(0)]
    for at, end in enumerate(ends):
        dx, dy = x[at + 1 : end] - x[at], np.abs(y[at + 1 : end] - y[at])
        apart = np.hypot(dx, dy) if straight else dx + dy
        kept = np.flatnonzero(apart < metres)
        rights.append(order[kept + at + 1])
        lefts.append(np.full(len(kept), order[at]))
        found.append(apart[kept])
    return Pairs(np.concatenate(lefts), np.concatenate(rights)), np.concatenate(found)


def _all_days(day: Floats, days: tuple[float, ...]) -> Ints:
    """How many of all pairs are in each band of days: for each incident, the later ones by where its bands begin."""
    ordered = np.sort(day)
    at_least = []
    for begin in days:
        first = np.maximum(np.searchsorted(ordered, ordered + begin, "left"), np.arange(len(day)) + 1)
        at_least.append(int((len(day) - first).sum()))
    result: Ints = np.asarray(at_least, np.int64) - np.asarray([*at_least[1:], 0], np.int64)
    return result


def _against_chance(table: Callable[[Floats], Ints], day: Floats, runs: int, seed: int) -> tuple[Ints, Floats, Floats]:
    """What is observed, the mean of the permutations, and p."""
    rng = np.random.default_rng(seed)
    observed = table(day)
    total, reached = np.zeros(observed.shape), np.ones(observed.shape)
    for _ in range(runs):
        dealt = table(rng.permutation(day))
        total += dealt
        reached += dealt >= observed
    return observed, total / max(runs, 1), reached / (runs + 1)
