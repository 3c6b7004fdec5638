"""What became of a file, counted as it goes: constant in memory, however many rows are rejected."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

import polars as pl

from connectors.mapping import Mapped, Rejection

MOST_VALUES = 12
Cause = tuple[str, str | None, str]
"""Reason code, field and message of a rejection."""


@dataclass(slots=True)
class Report:
    """The counts of one run. Rows of earlier runs of the same file are in ``rows_before`` only."""

    file: str
    rows_before: int = 0
    already_finished: bool = False
    finished: bool = False
    rows: int = 0
    seconds: float = 0.0
    published: Counter[str] = field(default_factory=Counter)
    """Records by district."""
    rejected: Counter[Cause] = field(default_factory=Counter)
    examples: dict[Cause, Rejection] = field(default_factory=dict)
    values: dict[Cause, list[str]] = field(default_factory=dict)
    """The first different values that were rejected, :data:`MOST_VALUES` at most."""
    left_out: int = 0
    """Rows that the mapping leaves out."""
    unchanged: int = 0
    """Rows that were published before and say the same."""
    out_of_order: int = 0
    """Records that happened before one that stands earlier in the file."""
    most_late_ms: int = 0
    _newest_ms: int = 0

    @property
    def rows_per_s(self) -> float:
        """Rows a second of this run."""
        return self.rows / self.seconds if self.seconds else 0.0

    def add(self, mapped: Mapped) -> None:
        """Count a chunk."""
        self.rows += mapped.rows
        for name, count in mapped.records["district"].value_counts().iter_rows():
            self.published[name] += count
        for rejection in mapped.rejected:
            cause = (rejection.reason, rejection.field, rejection.message)
            self.rejected[cause] += 1
            self.examples.setdefault(cause, rejection)
            values = self.values.setdefault(cause, [])
            if rejection.value is not None and len(values) < MOST_VALUES and rejection.value not in values:
                values.append(rejection.value)
        self.unchanged += mapped.unchanged
        self.left_out += mapped.left_out
        if "occurred_from" in mapped.records.columns:
            self._order(mapped.records["occurred_from"])

    def _order(self, times: pl.Series) -> None:
        if times.is_empty():
            return
        newest = times.cum_max().clip(lower_bound=self._newest_ms)
        late = newest - times
        self.out_of_order += int((late > 0).sum())
        self.most_late_ms = max(self.most_late_ms, int(late.cast(pl.Int64).to_numpy().max()))
        self._newest_ms = int(newest[-1])
