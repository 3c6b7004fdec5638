"""Parquet by pyarrow, a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq
from pyarrow import ArrowException, RecordBatch

from connectors.files.chunks import FileChunks
from connectors.mapping import MappingError
from connectors.mapping.draft import ROW


def open_parquet(path: Path, skip: int, chunk_rows: int) -> FileChunks:
    """Read the footer now and the rows later."""
    try:
        file = pq.ParquetFile(path)
    except (ArrowException, OSError) as error:
        raise MappingError(f"{path.name}: no Parquet file: {error}") from error
    return FileChunks(file.schema_arrow.names, file.metadata.num_rows, _chunks(file, skip, chunk_rows))


def _chunks(file: pq.ParquetFile, skip: int, chunk_rows: int) -> Iterator[pl.DataFrame]:
    # Whole row groups before the place to go on from are not read at all.
    number, first = 0, 0
    while first < file.num_row_groups and number + file.metadata.row_group(first).num_rows <= skip:
        number += file.metadata.row_group(first).num_rows
        first += 1
    groups = list(range(first, file.num_row_groups))
    batches = file.iter_batches(batch_size=chunk_rows, row_groups=groups) if groups else iter(())
    while (batch := _next(batches, number)) is not None:
        frame = pl.DataFrame(pl.from_arrow(batch))
        if ROW not in frame.columns:
            frame = frame.with_columns(pl.int_range(number + 1, number + 1 + len(frame), dtype=pl.Int64).alias(ROW))
        rows = frame.height
        if number < skip:
            frame = frame.slice(min(rows, skip - number))
        number += rows
        if frame.height:
            yield frame


def _next(batches: Iterator[RecordBatch], number: int) -> RecordBatch | None:
    try:
        return next(batches, None)
    except (ArrowException, OSError) as error:
        raise MappingError(f"the Parquet file cannot be read after row {number:,}: send it again") from error
