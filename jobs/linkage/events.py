"""Incidents for the test of near repeats: from CSV with or without a header, or from JSON lines of incident records."""

from __future__ import annotations

import datetime
import json
from pathlib import Path
from typing import Any, Final

import numpy as np
import polars as pl

from jobs.linkage.knox import Events

METRES_A_DEGREE: Final = 111_195.08
"""Of latitude, on the sphere of mean radius."""
X: Final = ("x_m", "x", "X")
Y: Final = ("y_m", "y", "Y")
WHEN: Final = ("occurred_from", "date", "dt_from", "time")
_EPOCH: Final = datetime.date(1970, 1, 1).toordinal()


class NotEvents(ValueError):
    """A file has not what near repeats need; the message names the file and what is missing."""


def read(path: Path) -> Events:
    """Read incidents; without a header the columns are x, y (metres) and the day. Rows without a place are left out.

    Raises:
        NotEvents: columns are missing, or a value is neither a number nor a date.
    """
    try:
        rows = _rows(path)
    except (OSError, ValueError, pl.exceptions.PolarsError) as error:
        raise NotEvents(f"{path}: {error}") from error
    if not rows:
        raise NotEvents(f"{path}: no incidents in it")
    x, y = _one_of(rows[0], X), _one_of(rows[0], Y)
    when = _one_of(rows[0], WHEN)
    degrees = {"lat", "lon"} <= rows[0].keys()
    if when is None or not (degrees or (x and y)):
        raise NotEvents(f"{path}: give x_m and y_m (or lat and lon) and a date; there are {', '.join(rows[0])}")
    across, up = (x, y) if x and y else ("lon", "lat")
    placed = [row for row in rows if row.get(across) not in (None, "") and row.get(up) not in (None, "")]
    try:
        xs, ys = (np.array([float(row[name]) for row in placed]) for name in (across, up))
        day = np.array([_day(row[when]) for row in placed])
    except (TypeError, ValueError) as error:
        raise NotEvents(f"{path}: {error}") from error
    if not (x and y):
        xs, ys = xs * METRES_A_DEGREE * np.cos(np.radians(ys.mean())), ys * METRES_A_DEGREE
    district = np.array([str(row.get("district") or "") for row in placed], dtype=object)
    return Events(xs, ys, day, district)


def _rows(path: Path) -> list[dict[str, Any]]:
    if path.suffix == ".jsonl":
        with path.open(encoding="utf-8") as lines:
            return list({row["record_id"]: row for row in map(json.loads, lines) if "record_id" in row}.values())
    with path.open(encoding="utf-8-sig") as lines:
        first = lines.readline().split(",")
    try:
        float(first[0])
    except ValueError:
        return pl.read_csv(path, infer_schema=False).to_dicts()
    names = ["x_m", "y_m", "date", "district", *(f"column_{n}" for n in range(4, len(first)))]
    return pl.read_csv(path, has_header=False, infer_schema=False, new_columns=names[: len(first)]).to_dicts()


def _one_of(row: dict[str, Any], names: tuple[str, ...]) -> str | None:
    return next((name for name in names if name in row), None)


def _day(value: Any) -> float:
    """Whole days since 1970, of UTC milliseconds or of a date or time as text."""
    if isinstance(value, int):
        return float(value // 86_400_000)
    return float(datetime.datetime.fromisoformat(str(value).strip()).date().toordinal() - _EPOCH)
