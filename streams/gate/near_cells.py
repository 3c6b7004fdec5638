"""The H3 cells of resolution 9 that a circle around a point can touch, for many points at once.

A cell is taken when its centre is no farther than the reach plus its own largest radius: never one too few, about
one too many. The geometry of a cell's surroundings is worked out once and kept in flat arrays, so that a batch costs
one gather and one comparison.
"""

from __future__ import annotations

import math
from collections.abc import Collection

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
        # Home -> row; the cells around row r are those from _starts[r] to _starts[r + 1] of the arrays after it.
        self._homes: dict[int, int] = {}
        self._starts = np.zeros(1, np.int64)
        self._cells = np.zeros(0, np.int64)
        self._centres = np.zeros((0, 3))
        self._chords = np.zeros(0)
        self._shapes = _Shapes()

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

    def _learn(self, homes: Collection[int]) -> None:
        """Work out which cells are near some point of each home."""
        if not homes:
            return
        own = np.fromiter(homes, np.int64, len(homes))
        own_centres, own_radii = self._shapes(own)
        # Rows of hexagons are 1.5 radii apart; a cell may be a quarter smaller than its neighbour.
        smallest = float(own_radii.min())
        rings = math.ceil((self.reach_m + 2 * smallest) / (1.1 * smallest))
        disks = [h3.grid_disk(home, rings) for home in homes]
        row = np.repeat(np.arange(len(own)), [len(disk) for disk in disks])
        cells, which = np.unique(np.concatenate([np.array(disk, np.int64) for disk in disks]), return_inverse=True)
        centres, radii = self._shapes(cells)
        apart = centres[which] - own_centres[row]
        limits = _chord(self.reach_m + own_radii[row] + radii[which])
        near = np.einsum("ij,ij->i", apart, apart) <= limits**2
        row, which = row[near], which[near]
        self._homes.update(zip(homes, range(len(self._homes), len(self._homes) + len(own)), strict=True))
        counts = np.bincount(row, minlength=len(own))
        self._starts = np.concatenate([self._starts, self._starts[-1] + np.cumsum(counts)])
        self._cells = np.concatenate([self._cells, cells[which]])
        self._centres = np.concatenate([self._centres, centres[which]])
        self._chords = np.concatenate([self._chords, _chord(self.reach_m + radii[which]) ** 2])


class _Shapes:
    """Centres of cells on the unit sphere, shape (n, 3), and the distance of each one's farthest corner in metres.

    Each cell is worked out once, for H3 tells a border in 12 us and neighbouring homes share most of their cells.
    """

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}
        self._centres = np.zeros((0, 3))
        self._radii = np.zeros(0)

    def __call__(self, cells: Integers) -> tuple[Floats, Floats]:
        listed = cells.tolist()
        fresh = [cell for cell in listed if cell not in self._rows]
        if fresh:
            centres, radii = _shapes(fresh)
            self._rows.update(zip(fresh, range(len(self._rows), len(self._rows) + len(fresh)), strict=True))
            self._centres = np.concatenate([self._centres, centres])
            self._radii = np.concatenate([self._radii, radii])
        rows = np.fromiter(map(self._rows.__getitem__, listed), np.int64, len(listed))
        return self._centres[rows], self._radii[rows]


def _shapes(cells: list[int]) -> tuple[Floats, Floats]:
    """The same for distinct cells, not remembered."""
    centres = _unit(*np.array([h3.cell_to_latlng(cell) for cell in cells]).T)
    borders = [h3.cell_to_boundary(cell) for cell in cells]
    row = np.repeat(np.arange(len(cells)), [len(border) for border in borders])
    corners = _unit(*np.array([corner for border in borders for corner in border]).T)
    farthest = np.zeros(len(cells))
    np.maximum.at(farthest, row, np.linalg.norm(corners - centres[row], axis=1))
    return centres, 2 * EARTH_RADIUS_M * np.arcsin(farthest / 2)


def _unit(lat: Floats, lon: Floats) -> Floats:
    """Points on the unit sphere, shape (n, 3)."""
    phi, theta = np.radians(lat), np.radians(lon)
    return np.stack([np.cos(phi) * np.cos(theta), np.cos(phi) * np.sin(theta), np.sin(phi)], axis=1)


def _chord(metres: Floats | float) -> Floats:
    """The straight distance on the unit sphere that belongs to a great-circle distance; a millimetre is added."""
    return np.asarray(2 * np.sin((np.asarray(metres) + 0.001) / (2 * EARTH_RADIUS_M)))
