"""Where a point lies among the districts' areas: in which, within reach of which, or far outside them all.

Areas are projected to the UTM zone that they lie in, so that a distance is in metres to about one in a thousand,
also near a border of two zones, since each area is measured in its own zone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from pyproj import Transformer
from shapely.geometry.base import BaseGeometry

from streams.districts import District

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# UTM lengthens or shortens by up to 0.1 % within a zone's neighbourhood: within reach must never be missed for it.
SLACK = 1.002
# Edges are straight in degrees: cut to pieces of about 2 km, so that they are so in metres too.
PIECE_DEGREES = 0.02


@dataclass(frozen=True, slots=True)
class _Area:
    number: int
    shape: BaseGeometry
    bounds: tuple[float, float, float, float]


class Areas:
    """The areas of some districts, to be asked for many points at once."""

    def __init__(self, districts: Iterable[District], reach_m: float, outside_m: float) -> None:
        self.names = [district.name for district in districts]
        self.reach_m = reach_m * SLACK
        self.outside_m = max(outside_m, reach_m) * SLACK
        self._zones: dict[int, list[_Area]] = defaultdict(list)
        self._projections: dict[int, Transformer] = {}
        self._numbers = {name: number for number, name in enumerate(self.names)}
        self._lists: dict[tuple[str, bytes], tuple[str, ...]] = {}
        for number, district in enumerate(districts):
            if district.area is not None:
                self._add(number, district.area)

    def _add(self, number: int, area: BaseGeometry) -> None:
        centre = area.centroid
        zone = (32600 if centre.y >= 0 else 32700) + min(int((centre.x + 180) // 6) + 1, 60)
        if zone not in self._projections:
            self._projections[zone] = Transformer.from_crs(4326, zone, always_xy=True)
        fine = shapely.segmentize(area, PIECE_DEGREES)
        shape = shapely.transform(fine, self._projections[zone].transform, interleaved=False)
        shapely.prepare(shape)
        self._zones[zone].append(_Area(number, shape, shape.bounds))

    def locate(
        self, lat: Floats, lon: Floats, owners: list[str]
    ) -> tuple[list[tuple[str, ...]], list[str | None], Flags]:
        """For each point of an owner: other districts within reach, the district it is in, whether far outside all.

        Where areas overlap, the owner's counts before others, then the lowest number. With no areas known, nothing
        is outside.
        """
        within = np.zeros((len(lat), len(self.names)), np.bool_)
        near, known = within.copy(), np.full(len(lat), not self._zones)
        for zone, areas in self._zones.items():
            # One point more: a lone point would come back as two bare numbers.
            x, y = (column[:-1] for column in self._projections[zone].transform(np.append(lon, 0), np.append(lat, 0)))
            for area in areas:
                at = _in_box(x, y, area.bounds, self.reach_m)
                near[at, area.number] = shapely.dwithin(area.shape, shapely.points(x[at], y[at]), self.reach_m)
                at = at[near[at, area.number]]
                within[at, area.number] = shapely.contains_xy(area.shape, x[at], y[at])
                known[at] = True
            for area in areas:
                at = _in_box(x, y, area.bounds, self.outside_m)
                at = at[~known[at]]
                known[at] = shapely.dwithin(area.shape, shapely.points(x[at], y[at]), self.outside_m)
        return self._others(near, owners), self._holders(within, owners), ~known

    def _others(self, near: Flags, owners: list[str]) -> list[tuple[str, ...]]:
        """Sorted names by row. Few sets of neighbours recur, so each is spelled out once."""
        packed = np.packbits(near, axis=1) if self.names else np.zeros((len(near), 1), np.uint8)
        found = []
        for row, owner in enumerate(owners):
            key = (owner, packed[row].tobytes())
            names = self._lists.get(key)
            if names is None:
                set_numbers = np.flatnonzero(near[row])
                names = tuple(sorted(self.names[number] for number in set_numbers if self.names[number] != owner))
                self._lists[key] = names
            found.append(names)
        return found

    def _holders(self, within: Flags, owners: list[str]) -> list[str | None]:
        if not self.names:
            return [None] * len(owners)
        first = within.argmax(axis=1).tolist()
        some = within.any(axis=1).tolist()
        own = within[np.arange(len(owners)), [self._numbers[owner] for owner in owners]].tolist()
        return [
            owner if is_own else (self.names[number] if is_some else None)
            for owner, is_own, is_some, number in zip(owners, own, some, first, strict=True)
        ]


def _in_box(x: Floats, y: Floats, bounds: tuple[float, float, float, float], by_m: float) -> NDArray[np.int64]:
    """Which points lie in a box grown by some metres. Points that the zone cannot hold are infinite, so outside."""
    west, south, east, north = bounds
    return np.flatnonzero((x >= west - by_m) & (x <= east + by_m) & (y >= south - by_m) & (y <= north + by_m))
