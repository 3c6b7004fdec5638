"""A trace as a table for people."""

from __future__ import annotations

from collections.abc import Sequence

from rich import box
from rich.markup import escape
from rich.table import Table

from connectors.trace.ask import Event

COLOURS = {
    "shared": "green",
    "linked": "cyan",
    "in series": "cyan",
    "alert": "yellow",
    "delivered": "blue",
    "retracted": "red",
    "unlinked": "red",
    "series ended": "red",
    "withdrawn": "red",
    "rejected": "red",
    "asked back": "magenta",
}
FEW = 6


def table(events: Sequence[Event]) -> Table:
    """One line an event, oldest first; times are UTC."""
    shown = Table(box=box.SIMPLE_HEAD, pad_edge=False)
    shown.add_column("when (UTC)", no_wrap=True)
    shown.add_column("what", no_wrap=True)
    shown.add_column("districts", overflow="fold")
    shown.add_column("of", overflow="fold")
    shown.add_column("", overflow="fold")
    for event in events:
        colour = COLOURS.get(event.what, "white")
        when = f"{event.at:%Y-%m-%d %H:%M:%S}.{event.at.microsecond // 1000:03d}"
        shown.add_row(when, f"[{colour}]{event.what}[/]", _few(event.who), escape(event.name), escape(event.detail))
    return shown


def _few(names: Sequence[str]) -> str:
    if len(names) <= FEW:
        return escape(", ".join(names)) or "-"
    return escape(", ".join(names[:FEW])) + f" and {len(names) - FEW} more"
