"""What every reader gives."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl


@dataclass(frozen=True, slots=True)
class FileChunks:
    """A file opened: its columns, the count of its rows if the file tells it, and the rows in chunks."""

    columns: list[str]
    rows: int | None
    chunks: Iterator[pl.DataFrame]
