"""Rows of a file by event time, in constant memory: cut into months on disk, each month sorted by itself.

Memory is that of the largest month. polars' streaming sort holds the whole file before it writes
(infra/decisions/0040-the-edge.md has the figures).
"""

from __future__ import annotations

import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import polars as pl

from connectors.files import CHUNK_ROWS, FileChunks, open_rows
from connectors.mapping import Mapper, Mapping
from connectors.mapping.draft import ROW

EVENT = "__event_ms"
MONTH_MS = 30 * 24 * 3_600_000
HELD_ROWS = 400_000
"""Rows held in memory while the file is cut."""


@contextmanager
def opened(
    file: Path, mapping: Mapping, mapper: Mapper, by_time: bool, skip: int = 0, chunk_rows: int = CHUNK_ROWS
) -> Iterator[FileChunks]:
    """The file's rows, the first ``skip`` left out: in order of the file, or of time through a temporary folder."""
    if not by_time:
        yield open_rows(file, mapping.spec, skip, chunk_rows)
        return
    with tempfile.TemporaryDirectory(prefix="crossbeat-sort-") as folder:
        whole = open_rows(file, mapping.spec, 0, chunk_rows)
        months = _cut(whole.chunks, mapper, Path(folder))
        yield FileChunks(whole.columns, months.total(), _sorted(Path(folder), months, skip, chunk_rows))


def _cut(chunks: Iterator[pl.DataFrame], mapper: Mapper, folder: Path) -> Counter[int]:
    """Write the rows to a folder for each month; the count of rows of each. Rows without a time come first."""
    months: Counter[int] = Counter()
    held: dict[int, list[pl.DataFrame]] = defaultdict(list)
    rows: Counter[int] = Counter()
    for chunk in chunks:
        event = mapper.event_times(chunk).fill_null(-1)
        timed = chunk.with_columns(event.alias(EVENT), (event // MONTH_MS).alias("__month"))
        for part in timed.partition_by("__month"):
            month = int(part["__month"][0])
            held[month].append(part.drop("__month"))
            rows[month] += part.height
            months[month] += part.height
        while rows.total() > HELD_ROWS:
            (largest, _), *_ = rows.most_common(1)
            _flush(folder, largest, held, rows)
    for month in list(held):
        _flush(folder, month, held, rows)
    return months


def _flush(folder: Path, month: int, held: dict[int, list[pl.DataFrame]], rows: Counter[int]) -> None:
    path = folder / str(month)
    path.mkdir(exist_ok=True)
    pl.concat(held.pop(month)).write_parquet(path / f"{len(list(path.iterdir())):06}.parquet", compression="lz4")
    del rows[month]


def _sorted(folder: Path, months: Counter[int], skip: int, chunk_rows: int) -> Iterator[pl.DataFrame]:
    before = 0
    for month in sorted(months):
        if before + months[month] > skip:
            frame = pl.concat([pl.read_parquet(path) for path in sorted((folder / str(month)).iterdir())])
            frame = frame.sort(EVENT, ROW).drop(EVENT).slice(max(0, skip - before))
            yield from frame.iter_slices(chunk_rows)
        before += months[month]
