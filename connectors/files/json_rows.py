"""JSON lines: an object a line, what lies inside of others named with dots (``place.lat``)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import polars as pl

from connectors.files.chunks import FileChunks
from connectors.mapping.draft import DEFECT, RAW, ROW


def open_json(path: Path, columns: list[str], encoding: str, skip: int, chunk_rows: int) -> FileChunks:
    """Read the columns that the mapping names, as text; which there are is known only at the end of such a file."""
    return FileChunks(columns, None, _chunks(path, columns, encoding, skip, chunk_rows))


def _chunks(path: Path, columns: list[str], encoding: str, skip: int, chunk_rows: int) -> Iterator[pl.DataFrame]:
    schema = dict.fromkeys([*columns, DEFECT, RAW], pl.String)
    with path.open(encoding=encoding, errors="replace") as file:
        lines = (line for line in file if line.strip("\ufeff \r\n\t"))
        number = sum(1 for _ in islice(lines, skip))
        while texts := list(islice(lines, chunk_rows)):
            rows = [_row(text, columns) for text in texts]
            frame = pl.DataFrame(rows, schema=schema, orient="row")
            yield frame.with_columns(pl.int_range(number + 1, number + 1 + len(rows), dtype=pl.Int64).alias(ROW))
            number += len(rows)


def _row(text: str, columns: list[str]) -> list[str | None]:
    text = text.strip("\ufeff \r\n\t")
    try:
        body = json.loads(text)
    except (ValueError, RecursionError):
        return [*[None] * len(columns), "the line is no JSON: mend the row", text]
    if not isinstance(body, dict):
        return [*[None] * len(columns), "the line is no JSON object: mend the row", text]
    return [*(_find(body, column) for column in columns), None, text]


def _find(body: dict[str, object], column: str) -> str | None:
    value: object = body.get(column)
    if value is None and "." in column:
        value = body
        for part in column.split("."):
            value = value.get(part) if isinstance(value, dict) else None
    if isinstance(value, str):
        # JSON can name half a surrogate pair, which is no text.
        return value.encode("utf-8", "replace").decode()
    if value is None:
        return None
    return json.dumps(value, ensure_ascii=False)
