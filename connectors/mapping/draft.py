"""A chunk of rows on its way to records: columns read as text or number, and the first defect of each row."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from connectors.mapping.problems import MappingError

ROW = "__row"
"""Column with the number of the row in its file, from 1, the heading not counted."""
DEFECT = "__defect"
"""Column with what the reader found wrong with the row itself; null for a good one."""
RAW = "__raw"
"""Column with the row as text, where the reader has it; else the row is written as JSON."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """A row that became no record. ``message`` holds no value of the row; ``value`` is for the terminal only."""

    row: int
    reason: str
    field: str | None
    message: str
    value: str | None
    district: str
    raw: bytes


@dataclass(slots=True)
class Draft:
    """The rows of one chunk, what was made of them so far, and what is wrong with some."""

    rows: pl.DataFrame
    empty: tuple[str, ...] = ("",)
    secret: frozenset[str] = frozenset()
    """Columns that no rejection may show."""
    out: dict[str, pl.Series] = field(default_factory=dict)
    _texts: dict[str, pl.Series] = field(default_factory=dict)
    _defects: dict[int, tuple[str, str | None, str, str | None]] = field(default_factory=dict)

    def __len__(self) -> int:
        return self.rows.height

    def has(self, column: str) -> bool:
        """Whether this chunk has the column; JSON lines may lack one here and have it further on."""
        return column in self.rows.columns

    def column(self, column: str) -> pl.Series:
        """The column as the file has it, nulls where the chunk lacks it."""
        if not self.has(column):
            return pl.Series(column, [None] * len(self), dtype=pl.String)
        return self.rows.get_column(column)

    def text(self, column: str) -> pl.Series:
        """The column as text without outer blanks; null where empty."""
        if column not in self._texts:
            values = self.column(column)
            if values.dtype.is_nested() or values.dtype in (pl.Binary, pl.Object):
                raise MappingError(f'column "{column}" holds {values.dtype}: a mapping reads text, numbers and times')
            text = values.cast(pl.String).str.strip_chars()
            self._texts[column] = text.set(text.is_in(list(self.empty)).fill_null(False), None)
        return self._texts[column]

    def listed(self, column: str) -> pl.Series:
        """The column as text, a list in it written as JSON."""
        if isinstance(self.column(column).dtype, pl.List | pl.Array):
            lists = self.column(column).to_list()
            texts = [None if one is None else json.dumps(one, ensure_ascii=False, default=str) for one in lists]
            return pl.Series(column, texts, dtype=pl.String)
        return self.text(column)

    def joined(self, columns: tuple[str, ...], separator: str) -> pl.Series:
        """Several columns as one text, empty ones left out; null where all are empty."""
        if len(columns) == 1:
            return self.text(columns[0])
        frame = pl.DataFrame([self.text(name).alias(str(index)) for index, name in enumerate(columns)])
        joined = frame.select(pl.concat_str(pl.all(), separator=separator, ignore_nulls=True)).to_series()
        return joined.set(joined.str.len_bytes() == 0, None)

    def number(self, column: str, decimal: str = ".") -> tuple[pl.Series, pl.Series]:
        """The column as float, and where it holds something that is no finite number."""
        if self.column(column).dtype.is_numeric():
            value = self.column(column).cast(pl.Float64)
            given = value.is_not_null()
        else:
            text = self.text(column)
            given = text.is_not_null()
            if decimal == ",":
                text = text.str.replace_all(".", "", literal=True).str.replace(",", ".", literal=True)
            value = text.cast(pl.Float64, strict=False)
        good = value.is_finite().fill_null(False)
        return value.set(~good, None), given & ~good

    def reject(
        self, mask: pl.Series, reason: str, field: str | None, message: str, values: pl.Series | None = None
    ) -> None:
        """Mark rows as defective; a row keeps the first defect that was found."""
        if not mask.any():
            return
        for index in mask.arg_true().to_list():
            if index not in self._defects:
                value = None if values is None or values[index] is None else str(values[index])[:60]
                self._defects[index] = (reason, field, message, value)

    def good(self) -> pl.Series:
        """Which rows have no defect so far."""
        good = np.ones(len(self), dtype=bool)
        good[list(self._defects)] = False
        return pl.Series(good)

    def rejections(self, district: Callable[[int], str]) -> list[Rejection]:
        """The defective rows in order of the file."""
        found = []
        for index in sorted(self._defects):
            reason, field_name, message, value = self._defects[index]
            found.append(
                Rejection(
                    int(self.rows[ROW][index]), reason, field_name, message, value, district(index), self.raw(index)
                )
            )
        return found

    def raw(self, index: int) -> bytes:
        """The row as it was, or as JSON. Where columns are secret it is always JSON, without them."""
        row = self.rows.row(index, named=True)
        raw = row.pop(RAW, None)
        if raw is not None and not self.secret:
            return str(raw).encode("utf-8", "replace")
        for name in (ROW, DEFECT, *self.secret):
            row.pop(name, None)
        return json.dumps(row, ensure_ascii=False, default=str).encode("utf-8", "replace")
