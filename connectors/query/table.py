"""An answer as a table for people: numbers to the right, times in UTC, long texts and long answers cut and said so."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Literal

from rich import box
from rich.markup import escape
from rich.table import Table

from connectors.query.ask import Answer

LONGEST_CELL = 80
LONGEST_LIST = 4
WRAPPER = re.compile(r"^(?:LowCardinality|Nullable)\((.*)\)$")
UTC_TIME = re.compile(r"^DateTime(?:64\(\d(?:, 'UTC')?\)|\('UTC'\))?$")


def table(answer: Answer) -> Table:
    """The rows as a table."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    kinds = [bare(kind) for kind in answer.types]
    for name, kind in zip(answer.columns, kinds, strict=True):
        justify: Literal["left", "right"] = "right" if numeric(kind) else "left"
        shown.add_column(escape(name), justify=justify, overflow="fold", no_wrap=bool(UTC_TIME.match(kind)))
    for row in answer.rows:
        shown.add_row(*(escape(cell(value, kind)) for value, kind in zip(row, kinds, strict=True)))
    return shown


def caption(answer: Answer) -> str:
    """How many rows are shown, and what to do when there are more."""
    count = len(answer.rows)
    if answer.more:
        return f"the first {count:,} rows; there are more: --limit {count * 10}, or --format csv for all"
    return "no rows" if count == 0 else "1 row" if count == 1 else f"{count:,} rows"


def bare(kind: str) -> str:
    """A ClickHouse type without LowCardinality and Nullable."""
    while found := WRAPPER.match(kind):
        kind = found[1]
    return kind


def numeric(kind: str) -> bool:
    """Whether a bare ClickHouse type is a number."""
    return kind.startswith(("Int", "UInt", "Float", "Decimal", "BFloat"))


def cell(value: Any, kind: str = "String") -> str:
    """One value as text."""
    if value is None:
        return "·"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, float):
        return f"{value:,.6f}".rstrip("0").rstrip(".") if abs(value) < 1e15 else f"{value:g}"
    if isinstance(value, list):
        return items(value)
    text = str(value)
    if UTC_TIME.match(kind):
        return f"{text.removesuffix('.000')}Z"
    # A control character could move the terminal's cursor, or worse.
    return cut("".join(char if char.isprintable() else "\N{REPLACEMENT CHARACTER}" for char in text))


def items(values: Sequence[Any]) -> str:
    """The first items of an array, and how many more there are."""
    text = ", ".join(cell(value) for value in values[:LONGEST_LIST])
    left = len(values) - LONGEST_LIST
    return cut(text) + (f" +{left}" if left > 0 else "")


def cut(text: str) -> str:
    """The text, or its beginning."""
    return text if len(text) <= LONGEST_CELL else text[: LONGEST_CELL - 1] + "…"
