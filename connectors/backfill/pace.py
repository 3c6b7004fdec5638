"""Hold a file back to a pace: so many rows a second, or its own time run X times as fast."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import numpy as np
import polars as pl

SLICE_S = 0.2
"""Rows are let through in slices of this many seconds: each is a transaction."""


@dataclass(frozen=True, slots=True)
class Clock:
    """Time that passes; tests give one of their own."""

    now: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep


def at_rate(chunks: Iterable[pl.DataFrame], rate: float, clock: Clock) -> Iterator[pl.DataFrame]:
    """Let ``rate`` rows through a second, evenly. A slow reader catches up, but by no more than a second's rows."""
    step = max(1, round(rate * SLICE_S))
    due = clock.now()
    for chunk in chunks:
        for piece in chunk.iter_slices(step):
            due = max(due, clock.now() - 1.0)
            if (wait := due - clock.now()) > 0:
                clock.sleep(wait)
            yield piece
            due += piece.height / rate


def at_speed(
    chunks: Iterable[pl.DataFrame], times: Callable[[pl.DataFrame], pl.Series], speed: float, clock: Clock
) -> Iterator[pl.DataFrame]:
    """Let each row through when its event time is due, ``speed`` times as fast as it passed.

    ``times`` gives the event times in milliseconds. A row without a time, or with one earlier than a row before it,
    is due with that row.
    """
    begun = clock.now()
    first: float | None = None
    newest = -np.inf
    for chunk in chunks:
        event = times(chunk).cast(pl.Float64).fill_null(-np.inf).to_numpy()
        event = np.maximum.accumulate(np.maximum(event, newest))
        newest = event[-1]
        if first is None and np.isfinite(newest):
            first = float(event[np.isfinite(event)][0])
        due = begun + (event - (first or 0.0)) / 1000.0 / speed
        start = 0
        while start < chunk.height:
            wait = due[start] - clock.now()
            if wait > 0:
                clock.sleep(wait)
            # What falls due within the next moment goes along: else a quick replay is a stream of tiny transactions.
            end = int(np.searchsorted(due, clock.now() + SLICE_S, side="right"))
            yield chunk.slice(start, max(1, end - start))
            start = max(start + 1, end)
