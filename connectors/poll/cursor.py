"""The value by which a row is newer than another: kept as text, gone back from by the overlap.

A time, a number, or a time as text, as SQLite has them. It is compared as the database gives it.
"""

from __future__ import annotations

import json
from datetime import date, datetime, timedelta
from decimal import Decimal

from connectors.poll.errors import PollError

Cursor = datetime | date | int | float | str


def read(value: object) -> Cursor:
    """The cursor of a row. Raises :class:`PollError` for what cannot be one."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() else float(value)
    if isinstance(value, datetime | date | int | float | str):
        return value
    said = "empty in a row" if value is None else f"a {type(value).__name__}"
    raise PollError(f"source.cursor is {said}: it must be a time, a number or a text in every row of the query")


def back(value: Cursor, overlap: float) -> Cursor:
    """The value from which the next pass asks: ``overlap`` seconds, or whole numbers, before."""
    if not overlap:
        return value
    if isinstance(value, datetime):
        return value - timedelta(seconds=overlap)
    if isinstance(value, date):
        return value - timedelta(days=max(1, round(overlap / 86_400)))
    if isinstance(value, int):
        return value - round(overlap)
    if isinstance(value, float):
        return value - overlap
    return _text_back(value, overlap)


def newer(one: Cursor, other: Cursor) -> bool:
    """Whether ``one`` comes after ``other``. Raises :class:`PollError` where they cannot be compared."""
    try:
        return bool(one > other)  # type: ignore[operator]  # unlike kinds are what the except is for
    except TypeError as error:
        kinds = f"{_kind(one)} and {_kind(other)}"
        raise PollError(f"source.cursor is {kinds}: write source.start as the database has it") from error


def write(value: Cursor) -> str:
    """The value as text, with its kind."""
    told = value.isoformat() if isinstance(value, datetime | date) else value
    return json.dumps([type(value).__name__, told])


def parse(text: str) -> Cursor:
    """The value that :func:`write` wrote."""
    kind, told = json.loads(text)
    if kind == "datetime":
        return datetime.fromisoformat(told)
    if kind == "date":
        return date.fromisoformat(told)
    return read(told)


def _text_back(text: str, overlap: float) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        words = "source.cursor is a text that is no time: say source.overlap = 0, or use a time or a number"
        raise PollError(words) from error
    earlier = moment - timedelta(seconds=overlap)
    if len(text) <= len("2024-03-07"):
        return earlier.date().isoformat()
    fraction = "milliseconds" if "." in text else "seconds"
    return earlier.isoformat(sep=text[10], timespec=fraction)


def _kind(value: Cursor) -> str:
    if isinstance(value, datetime):
        return "a time without offset" if value.tzinfo is None else "a time with offset"
    return f"a {type(value).__name__}"
