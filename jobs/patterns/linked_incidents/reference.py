"""What a pair is, in plain numpy: the yardstick for the Flink job, and what catch-up computes with.

Two incidents are a pair when they agree on ``match_on``, belong to different districts, lie at most ``metres`` apart on
a sphere of radius 6,371,008.8 m (haversine) and their ``occurred_from`` differ by at most ``days``. Each unordered pair
comes once, with the smaller record id (by bytes) as ``a``.

No pair is missed for the sake of speed: records are sorted by match, latitude band (as high as the reach) and time, so
that partners of a record stand in three runs found by bisection; a chord between unit vectors, with a margin far above
its rounding error, drops most candidates before the haversine decides.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Final

import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M: Final = 6_371_008.8
DAY_MS: Final = 86_400_000
CHUNK: Final = 1_000_000
"""Candidates looked at together: bounds memory to some 100 MB whatever the density."""

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
_NONE: Final = np.empty(0, np.int64)


@dataclass(frozen=True)
class PairSettings:
    """How near is near: ``metres``, ``days`` (both inclusive), and the fields that must agree."""

    metres: float = 400.0
    days: float = 14.0
    match_on: tuple[str, ...] = ("category",)

    @property
    def window_ms(self) -> int:
        """The greatest difference of ``occurred_from``, in milliseconds."""
        return round(self.days * DAY_MS)


@dataclass(frozen=True)
class Incidents:
    """Latest revisions, one row a record, all arrays of one length.

    ``match`` holds one number for each distinct combination of the ``match_on`` fields, ``visible`` indexes
    ``visible_sets`` (sorted district names). ``occurred_from`` is milliseconds since 1970 UTC, places are degrees.
    """

    record_id: NDArray[np.object_]
    revision: Ints
    category: NDArray[np.object_]
    district: NDArray[np.object_]
    occurred_from: Ints
    lat: Floats
    lon: Floats
    match: Ints
    visible: Ints
    visible_sets: tuple[tuple[str, ...], ...]

    def __len__(self) -> int:
        """How many records."""
        return len(self.record_id)

    @cached_property
    def unit_vectors(self) -> tuple[Floats, Floats, Floats]:
        """The places as points of the unit sphere: x, y, z."""
        phi, theta = np.radians(self.lat), np.radians(self.lon)
        return np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)


@dataclass(frozen=True)
class Pairs:
    """Pairs as row numbers, ``a`` the one with the smaller record id; metres to 0.1 and hours to 0.01, half-up."""

    a: Ints
    b: Ints
    metres: Floats
    hours: Floats

    def __len__(self) -> int:
        """How many pairs."""
        return len(self.a)


def haversine_m(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> Floats:
    """Great-circle distance in metres between points in degrees."""
    phi_a, phi_b = np.radians(lat_a), np.radians(lat_b)
    chord = (
        np.sin((phi_b - phi_a) / 2) ** 2
        + np.cos(phi_a) * np.cos(phi_b) * np.sin(np.radians(np.asarray(lon_b) - lon_a) / 2) ** 2
    )
    result: Floats = 2 * EARTH_RADIUS_M * np.arcsin(np.minimum(1.0, np.sqrt(chord)))
    return result


def round_metres(metres: Floats) -> Floats:
    """Half-up to 0.1 m."""
    result: Floats = np.floor(metres * 10 + 0.5) / 10
    return result


def round_hours(milliseconds: Ints) -> Floats:
    """Milliseconds as hours, half-up to 0.01; integers until the last step, so that it is exact."""
    result: Floats = (np.abs(milliseconds) + 18_000) // 36_000 / 100
    return result


def midpoint(lat_a: Floats, lon_a: Floats, lat_b: Floats, lon_b: Floats) -> tuple[Floats, Floats]:
    """The plain mean of the two places, in degrees, also across the 180th meridian."""
    lon = (lon_a + lon_b) / 2
    lon = np.where(np.abs(lon_a - lon_b) > 180, np.where(lon > 0, lon - 180, lon + 180), lon)
    return (lat_a + lat_b) / 2, lon


def pairs(incidents: Incidents, settings: PairSettings | None = None, only: NDArray[np.bool_] | None = None) -> Pairs:
    """Every pair of the incidents, or with ``only`` (a mask over them) every pair that touches a marked record."""
    settings = settings or PairSettings()
    lefts, rights, distances = [_NONE], [_NONE], [np.empty(0)]
    for left, right in _candidates(incidents, settings, only):
        near = _metres_if_near(incidents, settings.metres, left, right)
        kept = near <= settings.metres
        lefts.append(left[kept])
        rights.append(right[kept])
        distances.append(near[kept])
    one, other, metres = np.concatenate(lefts), np.concatenate(rights), np.concatenate(distances)
    # Strings compare by code point, which is the order of their UTF-8 bytes.
    swap = np.asarray(incidents.record_id[one] > incidents.record_id[other], bool)
    a, b = np.where(swap, other, one), np.where(swap, one, other)
    difference = incidents.occurred_from[a] - incidents.occurred_from[b]
    return Pairs(a, b, round_metres(metres), round_hours(difference))


def _candidates(
    incidents: Incidents, settings: PairSettings, only: NDArray[np.bool_] | None
) -> Iterator[tuple[Ints, Ints]]:
    """Chunks of row numbers (left, right) alike in match, close in band and time, of two districts; each pair once."""
    if len(incidents) == 0:
        return
    height = np.degrees(settings.metres / EARTH_RADIUS_M) * (1 + 1e-9) + 1e-12
    band = np.floor((incidents.lat + 90) / height).astype(np.int64)
    runs, run = np.unique(incidents.match * (band.max() + 3) + band, return_inverse=True)
    order = np.lexsort((incidents.occurred_from, run))
    district = _numbered(incidents.district)[order]
    # One rising number for run and time, so that one bisection finds a window inside a run.
    window = settings.window_ms
    elapsed = incidents.occurred_from[order] - incidents.occurred_from.min()
    stride = int(elapsed.max()) + 2 * window + 2
    if len(runs) * stride > np.iinfo(np.int64).max:
        raise ValueError(f"{len(runs)} runs of {stride} ms are too many to count together: compute the pairs in parts")
    key = run[order] * stride + elapsed + window
    marked = None if only is None else np.asarray(only, bool)[order]
    probes = np.arange(len(order)) if marked is None else np.flatnonzero(marked)
    for step in (0, 1) if marked is None else (-1, 0, 1):
        target = runs[run[order[probes]]] + step
        at = np.minimum(np.searchsorted(runs, target), len(runs) - 1)
        there = probes[runs[at] == target]
        aim = at[runs[at] == target] * stride + elapsed[there] + window
        first, last = np.searchsorted(key, aim - window, "left"), np.searchsorted(key, aim + window, "right")
        if marked is None and step == 0:
            first = there + 1
        for left, right in _expand(there, first, last):
            kept = district[left] != district[right]
            if marked is not None:
                kept &= ~marked[right] | (left < right)
            yield order[left[kept]], order[right[kept]]


def _expand(probes: Ints, first: Ints, last: Ints) -> Iterator[tuple[Ints, Ints]]:
    """Spell out the ranges ``first[i]:last[i]`` of each probe, about ``CHUNK`` rows at a time."""
    counts = np.maximum(last - first, 0)
    total = np.cumsum(counts)
    begin = 0
    while begin < len(probes):
        done = total[begin - 1] if begin else 0
        end = max(begin + 1, int(np.searchsorted(total, done + CHUNK, "right")))
        part = counts[begin:end]
        offset = np.arange(part.sum()) - np.repeat(np.cumsum(part) - part, part)
        yield np.repeat(probes[begin:end], part), np.repeat(first[begin:end], part) + offset
        begin = end


def _metres_if_near(incidents: Incidents, reach_m: float, left: Ints, right: Ints) -> Floats:
    """Haversine metres of each candidate, infinity where the chord already says that it is farther than the reach."""
    x, y, z = incidents.unit_vectors
    chord2 = (x[left] - x[right]) ** 2 + (y[left] - y[right]) ** 2 + (z[left] - z[right]) ** 2
    limit = (2 * np.sin(min(reach_m / EARTH_RADIUS_M, np.pi) / 2)) ** 2 * (1 + 1e-6) + 1e-15
    maybe = np.flatnonzero(chord2 <= limit)
    metres = np.full(len(left), np.inf)
    one, other = left[maybe], right[maybe]
    metres[maybe] = haversine_m(incidents.lat[one], incidents.lon[one], incidents.lat[other], incidents.lon[other])
    return metres


def _numbered(values: NDArray[np.object_]) -> Ints:
    """One number for each distinct value."""
    numbers: Ints = np.unique(values.astype(str), return_inverse=True)[1].astype(np.int64)
    return numbers
