"""A plan on the terminal, and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from itertools import groupby
from typing import Any

from rich import box
from rich.markup import escape
from rich.table import Table

from infra.districts.change import Action, Change

LOOKS: dict[Action, tuple[str, str]] = {"add": ("+", "green"), "change": ("~", "yellow"), "remove": ("-", "red")}
# More alike in a row are shown as one line.
ALIKE = 3


def table(changes: Sequence[Change]) -> Table:
    """Signs as in a diff; what is unsafe is marked with ``!`` and says why."""
    found = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False)
    for heading in ("", "what", "name", "how"):
        found.add_column(heading, overflow="fold", ratio=None if heading != "how" else 1)
    for alike, group in groupby(changes, lambda one: (one.action, one.kind, one.words, one.unsafe, one.by_hand)):
        names = [one.name for one in group]
        sign, colour = LOOKS[alike[0]]
        shown = names if len(names) <= ALIKE else [names[0], f"… {len(names)} in all"]
        found.add_row(f"[{colour}]{sign}", alike[1], escape("\n".join(shown)), _how(*alike[2:]))
    return found


def summary(changes: Sequence[Change]) -> str:
    """``3 to add, 1 to change, 0 to remove; 1 of them unsafe``."""
    counts = {action: sum(change.action == action for change in changes) for action in LOOKS}
    unsafe = sum(bool(change.unsafe) for change in changes)
    words = ", ".join(f"{count} to {action}" for action, count in counts.items())
    return words + (f"; {unsafe} of them unsafe" if unsafe else "")


def as_json(changes: Sequence[Change]) -> list[dict[str, Any]]:
    """Each change as an object."""
    return [asdict(change) for change in changes]


def _how(words: str, unsafe: str, by_hand: str) -> str:
    lines = [escape(words)] if words else []
    if unsafe:
        lines.append(f"[bold red]! unsafe[/]: {escape(unsafe)}")
    if by_hand:
        lines.append(f"[dim]by hand: {escape(by_hand)}[/]")
    return "\n".join(lines)
