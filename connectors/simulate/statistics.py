"""What makes incidents look like those of a real city: figures of a set of incidents, real or simulated.

The same functions measure the real sample (``measure.py``) and what was simulated (the tests), so the two are compared
by one ruler. Near repeats are counted as in Knox's test: pairs near in space and time against the same with the times
shuffled (Knox 1964; for crime: Johnson and others 2007, *Space-time patterns of risk*).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]
Integers = NDArray[np.int64]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
NEAR_M = 400.0
NEAR_DAYS = 14.0
METRES_PER_DEGREE = 111_195.0


@dataclass(frozen=True, slots=True)
class Repeats:
    """Near repeats: pairs observed, pairs expected by chance, and events that have one before them."""

    pairs: int
    expected: float
    share: float
    """Share of events that have an earlier one of their kind near them."""

    @property
    def ratio(self) -> float:
        """Observed over expected: 1 where there is no more than chance."""
        return self.pairs / self.expected if self.expected else float("nan")


def hour_profile(local_ms: Integers) -> Numbers:
    """Share of events in each hour of the day, 24 numbers; times are milliseconds on the local clock."""
    counts = np.bincount((local_ms // HOUR_MS) % 24, minlength=24).astype(np.float64)
    return np.asarray(counts / max(counts.sum(), 1.0), dtype=np.float64)


def weekday_profile(local_ms: Integers) -> Numbers:
    """Share of events on each day of the week, Monday first, 7 numbers; the epoch was a Thursday."""
    counts = np.bincount((local_ms // DAY_MS + 3) % 7, minlength=7).astype(np.float64)
    return np.asarray(counts / max(counts.sum(), 1.0), dtype=np.float64)


def minute_shares(local_ms: Integers) -> tuple[float, float, float]:
    """Share of events on the full hour, on the half hour, and on another multiple of five minutes."""
    minute = (local_ms // 60_000) % 60
    full, half, five = (minute == 0).mean(), (minute == 30).mean(), (minute % 5 == 0).mean()
    return float(full), float(half), float(five - full - half)


def concentration(lat: Numbers, lon: Numbers, shares: tuple[float, ...] = (0.01, 0.05, 0.1, 0.2)) -> list[float]:
    """Share of events at the busiest places: of the places that have any, the first 1, 5, 10 and 20 percent."""
    points = np.stack([np.round(lat, 5), np.round(lon, 5)], axis=1)
    _, counts = np.unique(points, axis=0, return_counts=True)
    busiest = np.sort(counts)[::-1]
    return [float(busiest[: max(1, round(len(busiest) * share))].sum() / busiest.sum()) for share in shares]


def near_repeats(
    time_ms: Integers, lat: Numbers, lon: Numbers, kind: Integers, *, shuffles: int = 5, seed: int = 0
) -> Repeats:
    """Pairs of one kind within 400 m and 14 days, against the mean of some shuffles of the times within each kind."""
    rng = np.random.default_rng(seed)
    pairs, expected, repeated = 0, 0.0, 0
    for one in np.unique(kind):
        of = kind == one
        found, later = _count(time_ms[of], lat[of], lon[of])
        pairs += found
        repeated += later
        by_chance = [_count(rng.permutation(time_ms[of]), lat[of], lon[of])[0] for _ in range(shuffles)]
        expected += float(np.mean(by_chance))
    return Repeats(pairs, expected, repeated / max(len(time_ms), 1))


def _count(time_ms: Integers, lat: Numbers, lon: Numbers) -> tuple[int, int]:
    """Pairs, and events with an earlier one; every event is held against the next, the one after, and so on."""
    order = np.argsort(time_ms, kind="stable")
    days = time_ms[order] / DAY_MS
    y = lat[order] * METRES_PER_DEGREE
    x = lon[order] * METRES_PER_DEGREE * np.cos(np.radians(lat.mean() if len(lat) else 0.0))
    repeated = np.zeros(len(days), dtype=bool)
    pairs = 0
    for lag in range(1, len(days)):
        soon = days[lag:] - days[:-lag] <= NEAR_DAYS
        if not soon.any():
            break
        near = soon & ((x[lag:] - x[:-lag]) ** 2 + (y[lag:] - y[:-lag]) ** 2 <= NEAR_M**2)
        pairs += int(near.sum())
        repeated[lag:] |= near
    return pairs, int(repeated.sum())
