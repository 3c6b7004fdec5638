"""The scan statistic by brute force: the yardstick of the Java that runs, written apart from it.

Space-time permutation scan statistic (Kulldorff, Heffernan, Hartman, Assunção and Mostashari 2005, *A space-time
permutation scan statistic for disease outbreak detection*, PLoS Medicine 2:e59), prospective: every cylinder ends at
the moment of the analysis. Only cylinders that hold enough incidents of the recipient and of others are of its family.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from functools import cache
from math import comb

import numpy as np
from numpy.typing import NDArray

from jobs.patterns.linked_incidents.reference import DAY_MS, haversine_m

Numbers = NDArray[np.float64]
Flags = NDArray[np.bool_]

EULER = 0.5772156649015329


@dataclass(frozen=True, slots=True)
class ScanSettings:
    """What ``pattern.toml`` sets: metres, days, and how many incidents there must be."""

    radii_m: tuple[float, ...] = (250.0, 500.0, 1000.0, 2000.0)
    windows_days: tuple[float, ...] = (1.0, 2.0, 3.0, 5.0, 7.0)
    incidents: int = 5
    each_side: int = 2


@dataclass(frozen=True, slots=True)
class Cylinder:
    """A circle and the last so many days: how many incidents it holds, how many were expected, and its statistic."""

    centre: int
    radius_m: float
    days: float
    count: int
    expected: float
    ratio: float
    """Logarithm of the generalised likelihood ratio, zero where there is no excess."""


def log_ratio(count: float, expected: float, total: float) -> float:
    """Logarithm of the Poisson generalised likelihood ratio of a cylinder; zero where it holds no excess."""
    if count <= expected:
        return 0.0
    outside = total - count
    rest = outside * np.log(outside / (total - expected)) if outside > 0 else 0.0
    return float(count * np.log(count / expected) + rest)


def distances(lat: Numbers, lon: Numbers) -> Numbers:
    """Great-circle distances between all points (degrees), in metres, shape (n, n)."""
    return haversine_m(lat[:, None], lon[:, None], lat[None, :], lon[None, :])


def cylinders(apart: Numbers, age_ms: Numbers, mine: Flags, settings: ScanSettings) -> list[Cylinder]:
    """Every cylinder of the family that holds more than expected.

    Args:
        apart: distances between the incidents in metres, shape (n, n).
        age_ms: how long before the analysis each happened, shape (n,).
        mine: whether the recipient owns it, shape (n,).
        settings: the sizes of cylinders, and how many incidents they must hold.
    """
    total, span = len(age_ms), float(age_ms.max(initial=0.0))
    found = []
    for days in settings.windows_days:
        recent = age_ms < days * DAY_MS
        if 2 * days * DAY_MS > span:
            continue  # half of what is known at most, or there is nothing to compare with
        for radius in settings.radii_m:
            near = apart <= radius
            rows = near.sum(axis=1)
            counts = (near & recent).sum(axis=1)
            own = (near & recent & mine).sum(axis=1)
            enough = (counts >= settings.incidents) & (own >= settings.each_side)
            enough &= (counts - own >= settings.each_side) & recent & (2 * rows <= total)
            for centre in np.flatnonzero(enough):
                expected = rows[centre] * recent.sum() / total
                ratio = log_ratio(counts[centre], expected, total)
                if ratio > 0:
                    found.append(Cylinder(int(centre), radius, days, int(counts[centre]), float(expected), ratio))
    return found


def greatest(apart: Numbers, age_ms: Numbers, mine: Flags, settings: ScanSettings) -> float:
    """The scan statistic: the greatest of all cylinders; zero where the family is empty."""
    return max((one.ratio for one in cylinders(apart, age_ms, mine, settings)), default=0.0)


def by_chance(
    apart: Numbers, age_ms: Numbers, mine: Flags, settings: ScanSettings, *, replicas: int, seed: int
) -> Numbers:
    """The statistic under no interaction of space and time: times permuted among the incidents, shape (replicas,)."""
    rng = np.random.default_rng(seed)
    return np.array([greatest(apart, rng.permutation(age_ms), mine, settings) for _ in range(replicas)])


def gumbel(by_chance: Numbers) -> tuple[float, float]:
    """Location and scale of the Gumbel distribution with the moments of the sample (Abrams and others 2010)."""
    scale = float(by_chance.std(ddof=1) * np.sqrt(6) / np.pi)
    return float(by_chance.mean()) - EULER * scale, scale


def at_most(apart: Numbers, age_ms: Numbers, settings: ScanSettings, ratio: float) -> float:
    """The most that the probability of a statistic can be: the exact tails of all cylinders, added up."""
    total, span, added = len(age_ms), float(age_ms.max(initial=0.0)), Fraction(0)
    once = (apart == 0).argmax(axis=1) == np.arange(total)  # incidents of one point are the centre of one cylinder
    for days in settings.windows_days:
        column = int((age_ms < days * DAY_MS).sum())
        if 2 * days * DAY_MS > span:
            continue
        for radius in settings.radii_m:
            rows, places = np.unique((apart <= radius).sum(axis=1)[once], return_counts=True)
            for row, many in zip(rows.tolist(), places.tolist(), strict=True):
                if 2 * row <= total:
                    added += many * _reaches(row, column, total, settings.incidents, ratio)
    return min(1.0, float(added))


@cache
def _reaches(row: int, column: int, total: int, least: int, ratio: float) -> Fraction:
    """The probability that a cylinder of such margins has so great a ratio, times being dealt at random."""
    counts = [
        count
        for count in range(least, min(row, column) + 1)
        if log_ratio(count, row * column / total, total) >= max(ratio, 1e-300)
    ]
    ways = sum(comb(row, count) * comb(total - row, column - count) for count in counts)
    return Fraction(ways, comb(total, column))
