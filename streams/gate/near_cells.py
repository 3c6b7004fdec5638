"""The H3 cells of resolution 9 that a circle around a point can touch, for many points at once.

A cell is taken when its centre is no farther than the reach plus its own largest radius: never one too few, about
one too many. The geometry of a cell's surroundings is worked out once and kept in flat arrays, so that a batch costs
one gather and one comparison.
"""

from __future__ import annotations

import math

import h3.api.basic_int as h3
import numpy as np
from numpy.typing import NDArray

EARTH_RADIUS_M = 6_371_008.8
RESOLUTION = 9
# Homes kept before all are forgotten: some 20 neighbours of 40 bytes each, so about 200 MB at the most.
HOMES_KEPT = 200_000
Floats = NDArray[np.float64]
Integers = NDArray[np.int64]


class NearCells:
    """Near cells for one reach in metres."""

    def __init__(self, reach_m: float) -> None:
        self.reach_m = reach_m
        self._forget()

    def _forget(self) -> None:
        self._shapes: dict[int, tuple[Floats, float]] = {}
        # Home -> row; the cells around row r are those from _starts[r] to _starts[r + 1] of the arrays after it.
        self._homes: dict[int, int] = {}
        self._starts = np.zeros(1, np.int64)
        self._cells = np.zeros(0, np.int64)
        self._centres = np.zeros((0, 3))
        self._chords = np.zeros(0)

    def of(self, lat: Floats, lon: Floats) -> tuple[list[int], list[list[int]]]:
        """The own cell of each point and all cells near it; arrays of degrees, of equal length."""
        own = [h3.latlng_to_cell(*point, RESOLUTION) for point in zip(lat.tolist(), lon.tolist(), strict=True)]
        if len(self._homes) > HOMES_KEPT:
            self._forget()
        self._learn(set(own) - self._homes.keys())
        homes = np.fromiter(map(self._homes.__getitem__, own), np.int64, len(own))
        starts, counts = self._starts[homes], self._starts[homes + 1] - self._starts[homes]
        row = np.repeat(np.arange(len(own)), counts)
        first = np.cumsum(counts) - counts
        at = np.arange(len(row)) - np.repeat(first, counts) + np.repeat(starts, counts)
        apart = _unit(lat, lon)[row] - self._centres[at]
        near = np.einsum("ij,ij->i", apart, apart) <= self._chords[at]
        cells = self._cells[at[near]].tolist()
        ends = np.cumsum(np.bincount(row[near], minlength=len(own))).tolist()
        return own, [cells[start:end] for start, end in zip([0, *ends], ends, strict=False)]

    def _learn(self, homes: set[int]) -> None:
        if not homes:
            return
        cells, counts = [], []
        for home in homes:
            around = self._around(home)
            self._homes[home] = len(self._homes)
            cells += around
            counts.append(len(around))
        self._cells = np.concatenate([self._cells, np.array(cells, np.int64)])
        self._centres = np.concatenate([self._centres, np.array([self._shape(cell)[0] for cell in cells])])
        limits = np.array([self.reach_m + self._shape(cell)[1] for cell in cells])
        self._chords = np.concatenate([self._chords, _chord(limits) ** 2])
        self._starts = np.concatenate([self._starts, self._starts[-1] + np.cumsum(counts)])

    def _around(self, home: int) -> list[int]:
        """Every cell that is near some point of ``home``."""
        centre, radius = self._shape(home)
        # Rows of hexagons are 1.5 radii apart; a cell may be a quarter smaller than its neighbour.
        rings = math.ceil((self.reach_m + 2 * radius) / (1.1 * radius))
        found = []
        for cell in h3.grid_disk(home, rings):
            other, other_radius = self._shape(cell)
            if np.linalg.norm(other - centre) <= _chord(self.reach_m + radius + other_radius):
                found.append(cell)
        return found

    def _shape(self, cell: int) -> tuple[Floats, float]:
        """A cell's centre on the unit sphere, and the distance of its farthest corner in metres."""
        known = self._shapes.get(cell)
        if known is None:
            corners = np.array(h3.cell_to_boundary(cell))
            centre = _unit(*np.array([h3.cell_to_latlng(cell)]).T)[0]
            farthest = np.linalg.norm(_unit(*corners.T) - centre, axis=1).max()
            known = self._shapes[cell] = (centre, 2 * EARTH_RADIUS_M * math.asin(farthest / 2))
        return known


def _unit(lat: Floats, lon: Floats) -> Floats:
    """Points on the unit sphere, shape (n, 3)."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)], axis=1)


def _chord(metres: Floats | float) -> Floats:
    """The straight distance on the unit sphere that belongs to a great-circle distance; a millimetre is added."""
    return np.asarray(2 * np.sin((np.asarray(metres) + 0.001) / (2 * EARTH_RADIUS_M)))
