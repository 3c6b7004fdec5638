"""Open a file by its kind. Each reader yields frames with the file's columns and the number of each row."""

from __future__ import annotations

from pathlib import Path

from connectors.files import csv_rows, json_rows, parquet_rows
from connectors.files.chunks import FileChunks
from connectors.mapping import MappingError
from connectors.mapping.spec import Spec

CHUNK_ROWS = 20_000
"""Rows mapped and published at a time: large enough for polars, small enough for memory and for a smooth progress."""

KINDS = {".csv": "csv", ".tsv": "csv", ".txt": "csv", ".parquet": "parquet", ".pq": "parquet", ".jsonl": "jsonl"}


def open_rows(path: Path, spec: Spec, skip: int = 0, chunk_rows: int = CHUNK_ROWS) -> FileChunks:
    """Open a file, leaving its first ``skip`` rows out. Raises :class:`MappingError` for a file that is none."""
    kind = spec.input.format or KINDS.get(path.suffix.lower())
    if kind is None:
        raise MappingError(f'{path.name}: unknown kind of file: say input.format = "csv", "parquet" or "jsonl"')
    if not path.is_file():
        raise MappingError(f"{path}: no such file")
    if kind == "parquet":
        return parquet_rows.open_parquet(path, skip, chunk_rows)
    if kind == "jsonl":
        return json_rows.open_json(path, list(spec.columns()), spec.input.encoding, skip, chunk_rows)
    return csv_rows.open_csv(path, spec.input.delimiter, spec.input.encoding, skip, chunk_rows)
