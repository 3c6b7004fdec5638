"""A map for a terminal: braille dots, four rows and two columns of them in each character.

Equirectangular with the longitude shrunk by the cosine of the middle latitude, which is right to the eye at the size
of a city. Dots of a later layer paint over those of an earlier one, a character at a time.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter

from rich.text import Text

Point = tuple[float, float]  # latitude, longitude, in degrees

# Bit of each dot of a braille character, by [row][column].
BLANK = 0x2800
BITS = ((0x01, 0x08), (0x02, 0x10), (0x04, 0x20), (0x40, 0x80))


@dataclass
class Map:
    """A canvas over a bounding box, `columns` characters wide; its height follows from the box's shape."""

    south: float
    west: float
    north: float
    east: float
    columns: int = 56
    cells: dict[tuple[int, int], int] = field(default_factory=dict)
    styles: dict[tuple[int, int], str] = field(default_factory=dict)

    @classmethod
    def around(cls, points: Sequence[Point], columns: int = 56) -> Map:
        """The canvas that just holds all points; at least one point is needed."""
        latitudes, longitudes = [p[0] for p in points], [p[1] for p in points]
        return cls(min(latitudes), min(longitudes), max(latitudes), max(longitudes), columns)

    @property
    def rows(self) -> int:
        """Height in characters: a braille character is two dots wide and four high, and dots are about square."""
        width = (self.east - self.west) * math.cos(math.radians((self.south + self.north) / 2))
        return max(4, round((self.north - self.south) / max(width, 1e-9) * self.columns * 2 / 4))

    def plot(self, points: Iterable[Point], style: str) -> None:
        """Set one dot a point, in a rich style; points outside the canvas are left out."""
        wide, high = self.columns * 2 - 1, self.rows * 4 - 1
        for latitude, longitude in points:
            x = round((longitude - self.west) / max(self.east - self.west, 1e-9) * wide)
            y = round((self.north - latitude) / max(self.north - self.south, 1e-9) * high)
            if 0 <= x <= wide and 0 <= y <= high:
                cell = (y // 4, x // 2)
                if self.styles.get(cell) != style:
                    self.cells[cell] = 0
                    self.styles[cell] = style
                self.cells[cell] = self.cells.get(cell, 0) | BITS[y % 4][x % 2]

    def render(self) -> Text:
        """The canvas as styled text, one line a row; neighbours of one style are one run, for the eye and for speed."""
        text = Text(no_wrap=True)
        for row in range(self.rows):
            marks = [
                (chr(BLANK + bits), style) for bits, style in map(self._cell, [row] * self.columns, range(self.columns))
            ]
            for style, run in groupby(marks, key=itemgetter(1)):
                text.append("".join(mark for mark, _ in run), style)
            text.append("\n")
        return text

    def _cell(self, row: int, column: int) -> tuple[int, str]:
        return self.cells.get((row, column), 0), self.styles.get((row, column), "")
