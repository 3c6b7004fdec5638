"""What is compared of two crimes: how far apart they are in place, in days, in time of day, and in what lies between.

Many crimes are known only by a window of time: a difference is the mean over both windows, as in Porter, "A Statistical
Approach to Crime Linkage" (The American Statistician 70, 2016), here over ``STEPS`` even quantiles of each.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np

from jobs.linkage.crimes import Crimes, Floats, Ints

STEPS: Final = 8
CHUNK: Final = 50_000
NAMES: Final = ("metres", "nearer", "days", "sooner", "hours")


@dataclass(frozen=True)
class Pairs:
    """Pairs as row numbers of the crimes, each pair once."""

    one: Ints
    other: Ints

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.one)


def pairs_of(crimes: Crimes, reach_m: float = np.inf, reach_days: float = np.inf) -> Pairs:
    """All pairs of one block; within so many metres and days of each other, where a reach is given."""
    lefts, rights = [], []
    for left in range(len(crimes) - 1):
        right = np.arange(left + 1, len(crimes), dtype=np.int64)
        kept = crimes.block[right] == crimes.block[left]
        if np.isfinite(reach_m):
            kept &= np.hypot(crimes.x_m[right] - crimes.x_m[left], crimes.y_m[right] - crimes.y_m[left]) <= reach_m
        if np.isfinite(reach_days):
            kept &= np.abs(crimes.start[right] - crimes.start[left]) <= reach_days
        rights.append(right[kept])
        lefts.append(np.full(int(kept.sum()), left, np.int64))
    none = np.empty(0, np.int64)
    return Pairs(np.concatenate([none, *lefts]), np.concatenate([none, *rights]))


def measure(crimes: Crimes, pairs: Pairs, names: Iterable[str]) -> dict[str, Floats]:
    """The features of each pair, NaN where a place or a time is not known.

    ``metres`` apart; ``days`` apart; ``hours`` apart by the clock alone (0 to 12); ``nearer``: which share of the
    crimes lies nearer to one of the two than the other does (that of the two which is smaller); ``sooner``: likewise
    in time. The shares mean the same in a dense city and in a thin one; metres do not.
    """
    return {name: _MEASURES[name](crimes, pairs) for name in names}


def _metres(crimes: Crimes, one: Ints, other: Ints) -> Floats:
    result: Floats = np.hypot(crimes.x_m[one] - crimes.x_m[other], crimes.y_m[one] - crimes.y_m[other])
    return result


def _between(crimes: Crimes, one: Ints, other: Ints) -> Floats:
    """Days between the middles of both windows: near enough to rank by."""
    middle = (crimes.start + crimes.end) / 2
    result: Floats = np.abs(middle[one] - middle[other])
    return result


def _apart(crimes: Crimes, one: Ints, other: Ints, period: float | None) -> Floats:
    """The mean difference in days over both windows; with a period, round a circle of that many days."""
    at = (np.arange(STEPS) + 0.5) / STEPS
    moments = crimes.start[:, None] + (crimes.end - crimes.start)[:, None] * at
    result = np.empty(len(one))
    for part in _parts(len(one)):
        apart = np.abs(moments[one[part]][:, :, None] - moments[other[part]][:, None, :])
        if period is not None:
            apart %= period
            apart = np.minimum(apart, period - apart)
        result[part] = apart.mean(axis=(1, 2))
    return result


def _rank(crimes: Crimes, pairs: Pairs, distance: Callable[[Crimes, Ints, Ints], Floats]) -> Floats:
    """Share of the crimes of the block strictly nearer to one than the other is; the smaller of both sides."""
    ends = np.concatenate([pairs.one, pairs.other])
    partners = np.concatenate([pairs.other, pairs.one])
    sides = np.full(len(ends), np.nan)
    order = np.argsort(ends, kind="stable")
    borders = np.searchsorted(ends[order], np.arange(len(crimes) + 1))
    for at in range(len(crimes)):
        rows = order[borders[at] : borders[at + 1]]
        if not len(rows):
            continue
        others = np.flatnonzero(crimes.block == crimes.block[at])
        others = others[others != at]
        far = distance(crimes, np.full(len(others), at, np.int64), others)
        far = np.sort(far[~np.isnan(far)])
        mine = distance(crimes, np.full(len(rows), at, np.int64), partners[rows])
        sides[rows] = np.where(np.isnan(mine), np.nan, np.searchsorted(far, mine, "left") / max(len(far), 1))
    half = len(pairs)
    result: Floats = np.fmin(sides[:half], sides[half:])
    return result


def _parts(length: int) -> Iterator[slice]:
    for begin in range(0, length, CHUNK):
        yield slice(begin, begin + CHUNK)


_MEASURES: Final[dict[str, Callable[[Crimes, Pairs], Floats]]] = {
    "metres": lambda crimes, pairs: _metres(crimes, pairs.one, pairs.other),
    "nearer": lambda crimes, pairs: _rank(crimes, pairs, _metres),
    "days": lambda crimes, pairs: _apart(crimes, pairs.one, pairs.other, None),
    "sooner": lambda crimes, pairs: _rank(crimes, pairs, _between),
    "hours": lambda crimes, pairs: 24 * _apart(crimes, pairs.one, pairs.other, 1.0),
}
