"""Times of a file, told on some clock in some format, to milliseconds since the epoch in UTC.

Vectorised with polars. Twice a year a local clock tells no time or the same time twice: a time in the gap is read by
the offset in force before it (02:30 becomes 03:30, as Python's ``fold=0`` and RFC 5545 do), one told twice is the
earlier unless the mapping says otherwise.
"""

from __future__ import annotations

from typing import Literal

import polars as pl

from connectors.mapping.draft import Draft
from connectors.mapping.field_spec import Told
from connectors.mapping.spec import Times

FORMATS = (
    "%Y-%m-%dT%H:%M:%S%.f",
    "%Y-%m-%d %H:%M:%S%.f",
    "%Y-%m-%dT%H:%M",
    "%Y-%m-%d %H:%M",
    "%Y/%m/%d %H:%M:%S%.f",
    "%Y/%m/%d %H:%M",
    "%Y-%m-%d",
    "%Y/%m/%d",
)
"""Tried in this order when the mapping names none: ISO 8601 and its variants, none that guesses day from month."""

EPOCHS = {"epoch_s": 1_000, "epoch_ms": 1}
"""Formats of plain numbers: seconds or milliseconds since 1970 in UTC."""

_OFFSET = r"^(.*(?::\d{2}|[T ]\d{4,6})(?:[.,]\d+)?)\s*(Z|[+-](?:0\d|1[0-5])(?::?[0-5]\d)?)$"
_OVERLAP: dict[str, Literal["earliest", "latest", "null"]] = {
    "earlier": "earliest",
    "later": "latest",
    "reject": "null",
}
_NAIVE = pl.Datetime("ms")


def read(draft: Draft, moment: Told, times: Times) -> tuple[pl.Series, pl.Series]:
    """UTC milliseconds (Int64, null where there is none), and where something is written that is no time."""
    given, local, utc = _parse(draft, moment, times)
    if moment.hour is not None or moment.clock is not None:
        # A date with a time of day beside it: the date is that of the local clock.
        day = _select(pl.coalesce(local, to_local(utc, times.zone)).dt.truncate("1d"))
        local = _select(day + (_hour(draft, moment.hour) if moment.hour else _clock(draft, moment.clock or "")))
        utc = _nulls(len(draft), pl.Int64)
    utc = _select(pl.coalesce(utc, to_utc(local, times)))
    return utc, given & utc.is_null()


def to_utc(local: pl.Series, times: Times) -> pl.Series:
    """A local clock's times as UTC milliseconds; null in a gap or overlap that the mapping rejects."""
    zoned = local.dt.replace_time_zone(times.zone, ambiguous=_OVERLAP[times.overlap], non_existent="null")
    if times.gap == "forward" and zoned.null_count() > local.null_count():
        hour = pl.duration(hours=1)
        before = _select((pl.lit(local) - hour).dt.replace_time_zone(times.zone, ambiguous="null", non_existent="null"))
        # Only for times in a gap: one that an overlap rejects has no such hour before it and stays null.
        in_gap = _in_gap(local, times.zone)
        zoned = _select(pl.when(in_gap).then(before + hour).otherwise(zoned))
    return zoned.dt.convert_time_zone("UTC").dt.epoch("ms")


def to_local(utc: pl.Series, zone: str) -> pl.Series:
    """UTC milliseconds as a local clock shows them."""
    return utc.cast(_NAIVE).dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.replace_time_zone(None)


def next_day(utc: pl.Series, zone: str) -> tuple[pl.Series, pl.Series]:
    """The local midnights before and after a time, in UTC milliseconds: 23, 24 or 25 hours apart."""
    day = utc.cast(_NAIVE).dt.replace_time_zone("UTC").dt.convert_time_zone(zone).dt.truncate("1d")
    return day.dt.epoch("ms"), day.dt.offset_by("1d").dt.epoch("ms")


def _in_gap(local: pl.Series, zone: str) -> pl.Series:
    either = local.dt.replace_time_zone(zone, ambiguous="earliest", non_existent="null")
    return either.is_null() & local.is_not_null()


def _parse(draft: Draft, moment: Told, times: Times) -> tuple[pl.Series, pl.Series, pl.Series]:
    """Where something is written; the times without an offset, as local; those with one, in UTC milliseconds."""
    columns = moment.columns if moment.columns is not None else (moment.column or "",)
    formats = (moment.format,) if isinstance(moment.format, str) else moment.format or FORMATS
    no_local, no_utc = _nulls(len(draft), _NAIVE), _nulls(len(draft), pl.Int64)
    kind = draft.column(columns[0]).dtype
    if len(columns) == 1 and formats[0] in EPOCHS:
        value, bad = draft.number(columns[0])
        fits = value.abs() < 1e15
        utc = (value.set(~fits, None) * EPOCHS[formats[0]]).round().cast(pl.Int64)
        return utc.is_not_null() | bad, no_local, utc
    if len(columns) == 1 and isinstance(kind, pl.Datetime | pl.Date):
        value = draft.column(columns[0]).cast(pl.Datetime("ms", getattr(kind, "time_zone", None)))
        if getattr(kind, "time_zone", None) is None:
            return value.is_not_null(), value, no_utc
        if times.offset == "ignore":
            return value.is_not_null(), value.dt.replace_time_zone(None), no_utc
        return value.is_not_null(), no_local, value.dt.epoch("ms")
    text = draft.joined(columns, moment.separator)
    return (text.is_not_null(), *_parse_text(text, formats, times))


def _parse_text(text: pl.Series, formats: tuple[str, ...], times: Times) -> tuple[pl.Series, pl.Series]:
    """Texts tried by each format in turn; an offset at the end counts, or is left aside if the mapping says so."""
    bare, offset = text, _nulls(len(text), pl.String)
    if text.str.contains(_OFFSET).any():
        bare = _select(pl.coalesce(text.str.extract(_OFFSET, 1), text))
        offset = text.str.extract(_OFFSET, 2)
    tried: list[pl.Series] = []
    for form in formats:
        clean = form.removesuffix("%z").removesuffix("%Z").removesuffix("Z").rstrip()
        tried.append(bare.str.to_datetime(clean, time_unit="ms", strict=False))
        if tried[-1].null_count() == bare.null_count():
            break
    naive = _select(pl.coalesce(*tried))
    if times.offset == "ignore" or offset.null_count() == len(offset):
        return naive, _nulls(len(text), pl.Int64)
    digits = offset.str.replace_all(r"[^0-9]", "").str.pad_end(4, "0")
    minutes = _select(
        digits.str.slice(0, 2).cast(pl.Int64, strict=False) * 60 + digits.str.slice(2, 2).cast(pl.Int64, strict=False)
    )
    signed = _select(pl.when(offset.str.starts_with("-")).then(-minutes).otherwise(minutes))
    utc = naive.dt.epoch("ms") - signed * 60_000
    return naive.set(offset.is_not_null(), None), utc.set(offset.is_null(), None)


def _hour(draft: Draft, column: str) -> pl.Series:
    """Whole hours as a duration; null for anything but 0 to 23."""
    value, _ = draft.number(column)
    fits = (value.is_between(0, 23) & (value == value.floor())).fill_null(False)
    return (value.set(~fits, None).cast(pl.Int64) * 3_600_000).cast(pl.Duration("ms"))


def _clock(draft: Draft, column: str) -> pl.Series:
    """``930``, ``0930``, ``9:30``, ``09:30:00`` as a duration; null for anything else."""
    text = draft.text(column)
    hours = text.str.extract(r"^(\d{1,2}):?(\d{2})(?::\d{2}(?:\.\d+)?)?$", 1).cast(pl.Int64)
    minutes = text.str.extract(r"^(\d{1,2}):?(\d{2})(?::\d{2}(?:\.\d+)?)?$", 2).cast(pl.Int64)
    fits = ((hours < 24) & (minutes < 60)).fill_null(False)
    return ((hours * 60 + minutes).set(~fits, None) * 60_000).cast(pl.Duration("ms"))


def _select(expression: pl.Expr | pl.Series) -> pl.Series:
    return pl.select(expression).to_series()


def _nulls(length: int, kind: pl.DataType | type[pl.DataType]) -> pl.Series:
    return pl.Series("", [None], dtype=kind).new_from_index(0, length)
