"""The ground of the simulated city: crossings of streets, districts that border each other, and places that recur.

All is made in metres on a plane, then turned and put on the globe. Districts are made by halving a grid of
superblocks again and again (a k-d tree), each cut with a jog as borders have, so that they cover the city without gaps.
Places are crossings, each as busy as a log-normal number and the nearness of a town's middle make it: a few have most.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray
from shapely.geometry.base import BaseGeometry

from connectors.simulate.parameters import Ground
from connectors.simulate.statistics import METRES_PER_DEGREE, Integers, Numbers

# How near to another district a place counts as on its border.
BORDER_M = 400.0
# Reach of the city's middle, for one district; it grows with the city's width.
MIDDLE_M = 390.0
Generator = np.random.Generator


@dataclass(frozen=True, slots=True)
class City:
    """Districts by number, and the places: arrays of one length, in metres and degrees."""

    names: tuple[str, ...]
    areas: tuple[BaseGeometry, ...]
    """Polygons in degrees, longitude first."""
    x: Numbers
    y: Numbers
    lat: Numbers
    lon: Numbers
    district: Integers
    weight: Numbers
    """Busyness, summing to 1 over the city."""
    neighbour: Integers
    """The nearest other district within ``BORDER_M``, or -1."""
    border_m: Numbers
    """How far the nearest other district is."""

    def near(self, x: float, y: float, metres: float) -> Integers:
        """Places within a distance of a point."""
        return np.flatnonzero((self.x - x) ** 2 + (self.y - y) ** 2 <= metres**2)

    def on_border(self, metres: float = BORDER_M) -> Integers:
        """Places that have another district within a distance, ``BORDER_M`` at most."""
        return np.flatnonzero((self.neighbour >= 0) & (self.border_m <= metres))

    def of(self, district: int) -> Integers:
        """Places of one district."""
        return np.flatnonzero(self.district == district)


def build(rng: Generator, districts: int, ground: Ground) -> City:
    """A city of so many districts, about as wide as it is high."""
    side = round((districts * ground.superblocks_per_district) ** 0.5)
    columns, rows = side, max(1, round(districts * ground.superblocks_per_district / side))
    owner, shapes = _districts(rng, columns, rows, districts, ground.superblock_m)
    x, y = _crossings(rng, columns * ground.superblock_m, rows * ground.superblock_m, ground)
    district = owner[
        np.minimum((y / ground.superblock_m).astype(int), rows - 1),
        np.minimum((x / ground.superblock_m).astype(int), columns - 1),
    ]
    lat, lon = _on_globe(x, y, columns, rows, ground)
    neighbour, border_m = _neighbours(shapes, x, y, district)
    areas = tuple(
        shapely.transform(one, lambda xy: np.stack(_on_globe(xy[:, 0], xy[:, 1], columns, rows, ground)[::-1], axis=1))
        for one in shapes
    )
    return City(
        names=tuple(f"sim-{number:02d}" for number in range(districts)),
        areas=areas,
        x=x,
        y=y,
        lat=lat,
        lon=lon,
        district=district,
        weight=_busyness(rng, x, y, districts, ground),
        neighbour=neighbour,
        border_m=border_m,
    )


def _districts(
    rng: Generator, columns: int, rows: int, districts: int, side_m: float
) -> tuple[NDArray[np.int64], list[BaseGeometry]]:
    """The owner of each superblock, and each district's shape: drawn again while one is not in one piece.

    One draw in thirty is not, so the last of ten never is needed; it would be taken as it is, for districts may be
    in two parts.
    """
    for _ in range(10):
        owner = _halve(rng, columns, rows, districts)
        shapes = [_area(owner == number, side_m) for number in range(districts)]
        if all(one.geom_type == "Polygon" for one in shapes):
            break
    return owner, shapes


def _halve(rng: Generator, columns: int, rows: int, districts: int) -> NDArray[np.int64]:
    """The owner of each superblock, by [row, column]."""
    owner = np.zeros((rows, columns), dtype=np.int64)
    row, column = np.indices(owner.shape)
    todo = [(np.ones(owner.shape, dtype=bool), 0, districts)]
    while todo:
        cells, first, count = todo.pop()
        if count == 1:
            owner[cells] = first
            continue
        along, across = (column, row) if np.ptp(column[cells]) >= np.ptp(row[cells]) else (row, column)
        # The cells in order, line by line, from one end: the cut ends within a line, which gives the border its jog.
        at = np.flatnonzero(cells)
        upwards = across.flat[at] * (1 if rng.random() < 0.5 else -1)
        at = at[np.lexsort((upwards, along.flat[at]))]
        low = count // 2
        cut = round(len(at) * low / count * rng.uniform(0.93, 1.07))
        first_half = np.zeros(owner.shape, dtype=bool)
        first_half.flat[at[:cut]] = True
        todo += [(first_half, first, low), (cells & ~first_half, first + low, count - low)]
    return owner


def _area(cells: NDArray[np.bool_], side_m: float) -> BaseGeometry:
    rows, columns = np.nonzero(cells)
    boxes = shapely.box(columns * side_m, rows * side_m, (columns + 1) * side_m, (rows + 1) * side_m)
    # Corners only: points along a straight edge would come to lie a hair beside it when the city is turned.
    return shapely.normalize(shapely.simplify(shapely.union_all(boxes), 0.0))


def _crossings(rng: Generator, wide_m: float, high_m: float, ground: Ground) -> tuple[Numbers, Numbers]:
    """Crossings of a street grid that is a little uneven and lacks one crossing in seven."""
    along, across = ground.block_m
    gx, gy = np.meshgrid(np.arange(along / 2, wide_m, along), np.arange(across / 2, high_m, across))
    kept = np.asarray(rng.random(gx.shape) > 1 / 7)
    x = gx[kept] + rng.normal(0, along / 12, kept.sum())
    y = gy[kept] + rng.normal(0, across / 12, kept.sum())
    return np.clip(x, 1, wide_m - 1), np.clip(y, 1, high_m - 1)


def _busyness(rng: Generator, x: Numbers, y: Numbers, districts: int, ground: Ground) -> Numbers:
    # The middle of the city first, then smaller towns, two a district.
    towns = np.concatenate(
        [[np.argmin((x - x.mean()) ** 2 + (y - y.mean()) ** 2)], rng.integers(0, len(x), 2 * districts)]
    )
    reach = np.concatenate([[MIDDLE_M * districts**0.5], rng.uniform(300, 900, 2 * districts)])
    strength = np.concatenate([[1.5], rng.uniform(0.3, 1.0, 2 * districts)])
    pull = np.zeros(len(x))
    for town, reach_m, strong in zip(towns, reach, strength, strict=True):
        pull += strong * np.exp(-((x - x[town]) ** 2 + (y - y[town]) ** 2) / (2 * reach_m**2))
    # Where towns run into each other they do not add up without end.
    weight = np.exp(ground.centre_pull * np.minimum(pull, 1.7) + rng.normal(0, ground.weight_sigma, len(x)))
    return np.asarray(weight / weight.sum(), dtype=np.float64)


def _neighbours(shapes: list[BaseGeometry], x: Numbers, y: Numbers, district: Integers) -> tuple[Integers, Numbers]:
    points = shapely.points(x, y)
    away = np.stack([shapely.distance(points, one) for one in shapes])
    away[district, np.arange(len(x))] = np.inf
    border_m = away.min(axis=0)
    return np.where(border_m <= BORDER_M, away.argmin(axis=0), -1), border_m


def _on_globe(x: Numbers, y: Numbers, columns: int, rows: int, ground: Ground) -> tuple[Numbers, Numbers]:
    """Latitude and longitude of points on the plane: turned about the middle, then by metres a degree."""
    x, y = x - columns * ground.superblock_m / 2, y - rows * ground.superblock_m / 2
    turn = np.radians(ground.turned_degrees)
    east, north = x * np.cos(turn) - y * np.sin(turn), x * np.sin(turn) + y * np.cos(turn)
    lat = ground.lat + north / METRES_PER_DEGREE
    lon = ground.lon + east / (METRES_PER_DEGREE * np.cos(np.radians(ground.lat)))
    return np.round(lat, 6), np.round(lon, 6)
