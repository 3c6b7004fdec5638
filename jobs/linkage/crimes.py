"""Crimes to be compared, and which of them are known to be of one series: read from two CSV files.

The shape: ``crime_id, x_m, y_m, dt_from, dt_to`` and any number of columns of how it was done; ``crime_id, series_id``
in the other file, with more than one row for a crime of several series, and an empty series where none is known.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Texts = NDArray[np.object_]

PLACE_AND_TIME: Final = ("crime_id", "x_m", "y_m", "dt_from", "dt_to")
SILENT: Final = frozenset({"", "unknown", "na", "n/a", "nan", "null", "none known"})
"""Values, in lower case, that say nothing about how it was done."""
_DAY: Final = 86_400.0


class NotCrimes(ValueError):
    """A file has not the shape of crimes or series; the message names the file and what is missing."""


@dataclass(frozen=True)
class Crimes:
    """Crimes as arrays of one length.

    ``x_m`` and ``y_m`` are metres on a plane, ``start`` and ``end`` days since 1970 (the window in which it happened);
    NaN where not known. ``done`` holds a column for each field of how it was done, "" where not known. ``series`` holds
    the series of each crime, none or more. Only crimes of one ``block`` are compared.
    """

    ids: Texts
    x_m: Floats
    y_m: Floats
    start: Floats
    end: Floats
    done: dict[str, Texts]
    series: tuple[frozenset[str], ...]
    block: Ints

    def __len__(self) -> int:
        """How many crimes."""
        return len(self.ids)

    def groups(self) -> Ints:
        """A number for each crime; crimes that a series connects, directly or by others, have the same one."""
        parent = list(range(len(self)))

        def root(at: int) -> int:
            while parent[at] != at:
                parent[at] = parent[parent[at]]
                at = parent[at]
            return at

        first: dict[str, int] = {}
        for at, names in enumerate(self.series):
            for name in names:
                parent[root(at)] = root(first.setdefault(name, at))
        return np.unique([root(at) for at in range(len(self))], return_inverse=True)[1].astype(np.int64)

    def linked(self, one: Ints, other: Ints) -> NDArray[np.bool_]:
        """Whether the crimes of each pair share a series."""
        names = sorted({name for of in self.series for name in of})
        number = {name: at for at, name in enumerate(names)}
        member = np.zeros((len(self), len(names)), np.bool_)
        for at, of in enumerate(self.series):
            member[at, [number[name] for name in of]] = True
        result: NDArray[np.bool_] = np.zeros(len(one), np.bool_)
        for column in member.T:
            result |= column[one] & column[other]
        return result


def read(crimes: Path, series: Path | None = None) -> Crimes:
    """Read the crimes, and their series if they are known.

    Raises:
        NotCrimes: a column is missing, an id comes twice, or a value cannot be read.
    """
    rows = _table(crimes, PLACE_AND_TIME)
    if rows["crime_id"].n_unique() != rows.height:
        raise NotCrimes(f"{crimes}: a crime_id comes twice")
    known: dict[str, set[str]] = {}
    if series is not None:
        for crime, name in _table(series, ("crime_id", "series_id")).select("crime_id", "series_id").iter_rows():
            known.setdefault(crime, set()).update({name} - {""})
    windows = np.array([_window(row["dt_from"], row["dt_to"], crimes) for row in rows.to_dicts()]).reshape(-1, 2)
    ids = rows["crime_id"].to_numpy().astype(object)
    return Crimes(
        ids=ids,
        x_m=_numbers(rows["x_m"], crimes),
        y_m=_numbers(rows["y_m"], crimes),
        start=windows[:, 0],
        end=windows[:, 1],
        done={name: said(rows[name].to_list()) for name in rows.columns if name not in PLACE_AND_TIME},
        series=tuple(frozenset(known.get(name, ())) for name in ids),
        block=np.zeros(len(ids), np.int64),
    )


def said(values: list[Any]) -> Texts:
    """Values as texts, "" where they say nothing."""
    texts = ["" if value is None else str(value).strip() for value in values]
    return np.array([text if text.lower() not in SILENT else "" for text in texts], dtype=object)


def _table(path: Path, needed: tuple[str, ...]) -> pl.DataFrame:
    try:
        rows = pl.read_csv(path, infer_schema=False).with_columns(pl.all().fill_null("").str.strip_chars())
    except (OSError, pl.exceptions.PolarsError) as error:
        raise NotCrimes(f"{path}: {error}") from error
    if missing := [name for name in needed if name not in rows.columns]:
        raise NotCrimes(f"{path}: no column {', '.join(missing)}; there are {', '.join(rows.columns)}")
    return rows


def _numbers(column: pl.Series, path: Path) -> Floats:
    blank = column.str.to_lowercase().is_in(list(SILENT))
    numbers = column.cast(pl.Float64, strict=False)
    if (bad := column.filter(numbers.is_null() & ~blank)).len():
        raise NotCrimes(f"{path}: {column.name} is {bad[0]!r}, not a number of metres")
    return numbers.fill_null(float("nan")).to_numpy()


def _window(begin: str, end: str, path: Path) -> tuple[float, float]:
    """The window in days since 1970. A date without a time is that whole day; one end alone stands for both."""
    first, last = _span(begin or end, path), _span(end or begin, path)
    return min(first[0], last[0]), max(first[0], last[1])


def _span(text: str, path: Path) -> tuple[float, float]:
    if text.lower() in SILENT:
        return float("nan"), float("nan")
    try:
        moment = datetime.datetime.fromisoformat(text)
    except ValueError as error:
        raise NotCrimes(f"{path}: {text!r} is not a time such as 1993-01-06T07:00:00, nor a date") from error
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=datetime.UTC)
    at = moment.timestamp() / _DAY
    return at, at + (1.0 if len(text) <= len("1993-01-06") else 0.0)
