"""When a record happened and when it was written: the section [time], and [recorded_at]."""

from __future__ import annotations

import polars as pl

from connectors.mapping import times
from connectors.mapping.draft import Draft
from connectors.mapping.field_spec import Told
from connectors.mapping.spec import Spec, Times

HOUR_MS = 3_600_000
UTC = Times(zone="UTC")
"""Stands in where a mapping reads no time of its own; a mapping that does must name its zone."""


def put(draft: Draft, spec: Spec, happens: bool, now: int) -> None:
    """Put the times of each row into the draft and mark rows that have none that is good.

    ``happens``: whether the record type has the part ``time``. ``now``: UTC milliseconds; later times are rejected.
    """
    clock = spec.time or UTC
    if happens:
        _window(draft, clock, now)
    if spec.recorded_at is not None:
        draft.out["recorded_at"] = _moment(draft, spec.recorded_at, clock, "recorded_at", now)
    elif happens:
        draft.out["recorded_at"] = draft.out["occurred_to"]
    else:
        draft.out["recorded_at"] = pl.Series([now], dtype=pl.Int64).new_from_index(0, len(draft))
    release = spec.release
    if release is not None and release.expires_after_days is not None:
        draft.out["release_expires_at"] = draft.out["recorded_at"] + release.expires_after_days * 24 * HOUR_MS


def _window(draft: Draft, clock: Times, now: int) -> None:
    begin = _moment(draft, clock, clock, "occurred_from", now)
    if clock.until is not None:
        # Where the end is not told, the beginning is all that is known.
        end = _moment(draft, clock.until, clock, "occurred_to", now, begin)
        message = "the window ends before it begins: mend the row, or exchange time and time.until"
        draft.reject((end < begin).fill_null(False), "bad_time", "occurred_to", message)
    elif clock.precision == "hour":
        end = begin + HOUR_MS
    elif clock.precision == "day":
        begin, end = times.next_day(begin, clock.zone)
    else:
        end = begin
    # Nothing has ended after now: the last hour of a fresh export would else be refused.
    draft.out["occurred_from"], draft.out["occurred_to"] = begin, end.clip(upper_bound=now)


def _moment(draft: Draft, moment: Told, clock: Times, name: str, now: int, empty: pl.Series | None = None) -> pl.Series:
    """UTC milliseconds; ``empty`` gives those of rows where the columns are."""
    columns = ", ".join(moment.sources())
    utc, bad = times.read(draft, moment, clock)
    values = draft.joined(moment.sources(), " ")
    draft.reject(bad, "bad_time", name, f"no time in column {columns}: see time.format, or mend the row", values)
    if empty is not None:
        utc = utc.fill_null(empty).set(bad, None)
    draft.reject(utc.is_null() & ~bad, "bad_time", name, f"column {columns} is empty: mend the row")
    draft.reject((utc < 0).fill_null(False), "bad_time", name, "the time is before 1970: mend the row", values)
    ahead = "the time lies ahead of now: mend the row, or see time.zone"
    draft.reject((utc > now).fill_null(False), "bad_time", name, ahead, values)
    return utc
