"""CSV with Python's own reader: it keeps no more than a row, knows its line, and stops at no defect of a row.

A row with too many or too few fields, or with a field past the limit, becomes a row with a defect; the rest is read on.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import polars as pl

from connectors.files.chunks import FileChunks
from connectors.mapping import MappingError
from connectors.mapping.draft import DEFECT, RAW, ROW

FIELD_LIMIT = 16 * 1024 * 1024
"""Characters of one field. A quote that is never closed swallows what follows up to here, and is then a defect."""


def open_csv(path: Path, delimiter: str, encoding: str, skip: int, chunk_rows: int) -> FileChunks:
    """Read the heading now and the rows later. A byte order mark is left out; line ends may be mixed."""
    csv.field_size_limit(FIELD_LIMIT)
    reader = _rows(path, delimiter, encoding)
    try:
        heading = next((row for row in reader if isinstance(row, list) and row), None)
    except UnicodeError as error:
        raise MappingError(f"{path.name}: not in the encoding {encoding}: see input.encoding") from error
    if heading is None:
        raise MappingError(f"{path.name}: the file is empty: a CSV file begins with a line of column names")
    columns = _unique([name.strip() or f"column_{number}" for number, name in enumerate(heading, start=1)])
    return FileChunks(columns, None, _chunks(reader, columns, skip, chunk_rows))


def _rows(path: Path, delimiter: str, encoding: str) -> Iterator[list[str] | str]:
    """Each row as its fields, or as a text that says what is wrong with it. Empty lines are none."""
    codec = "utf-8-sig" if encoding.lower().replace("_", "-") in {"utf-8", "utf8"} else encoding
    with path.open(encoding=codec, errors="replace", newline="") as file:
        reader = csv.reader(file, delimiter=delimiter)
        while True:
            try:
                for row in reader:
                    if row:
                        yield row
                return
            except csv.Error as error:
                # The reader begins anew at the next line.
                yield f"the row cannot be read ({error}): look for a quote that is not closed"


def _chunks(
    reader: Iterator[list[str] | str], columns: list[str], skip: int, chunk_rows: int
) -> Iterator[pl.DataFrame]:
    number = sum(1 for _ in islice(reader, skip))
    schema = dict.fromkeys(columns, pl.String)
    while rows := list(islice(reader, chunk_rows)):
        # Fast when all is well, which is nearly always.
        if all(len(row) == len(columns) and isinstance(row, list) for row in rows):
            frame = pl.DataFrame(dict(zip(columns, zip(*rows, strict=True), strict=True)), schema=schema)
            frame = frame.with_columns(pl.lit(None, pl.String).alias(DEFECT), pl.lit(None, pl.String).alias(RAW))
        else:
            frame = _mixed(rows, columns)
        yield frame.with_columns(pl.int_range(number + 1, number + 1 + len(rows), dtype=pl.Int64).alias(ROW))
        number += len(rows)


def _mixed(rows: list[list[str] | str], columns: list[str]) -> pl.DataFrame:
    nothing = [None] * len(columns)
    fixed: list[list[str | None]] = []
    for row in rows:
        if isinstance(row, str):
            fixed.append([*nothing, row, ""])
        elif len(row) == len(columns):
            fixed.append([*row, None, None])
        else:
            defect = (
                "the row has more or fewer fields than the heading: look for a delimiter or quote inside of a field"
            )
            fixed.append([*nothing, defect, "\x1f".join(row)])
    return pl.DataFrame(fixed, schema=dict.fromkeys([*columns, DEFECT, RAW], pl.String), orient="row")


def _unique(names: list[str]) -> list[str]:
    """A name that stands twice gets its number: ``date``, ``date_2``."""
    seen: dict[str, int] = {}
    unique = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        unique.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return unique
