"""What the patterns found of what was planted in the simulated city, and what they say of it."""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from rich.console import Group
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from jobs import pattern

Alert = Mapping[str, Any]
Item = Mapping[str, Any]
LATE = "its records come weeks after they were written, which hides how far a clock was off"
OPEN = "too little of it to tell from chance: `crossbeat evaluate` measures how often"


@dataclass(frozen=True)
class Missed:
    """Something planted that no alert told of, and why; ``beyond`` if no waiting would find it."""

    name: str
    why: str
    beyond: bool


@dataclass(frozen=True)
class Finding:
    """One pattern: how much was planted for it, how much of that an alert told, and one such alert."""

    pattern: str
    title: str
    planted: int
    found: int
    example: Alert | None
    missed: tuple[Missed, ...] = ()

    @property
    def waits(self) -> bool:
        """Whether something may still be found."""
        return not all(one.beyond for one in self.missed)


def findings(truth: Mapping[str, Any], alerts: Iterable[Alert]) -> list[Finding]:
    """Every pattern that something was planted for, held against the alerts that districts received."""
    told: dict[str, list[Alert]] = {}
    for alert in alerts:
        told.setdefault(str(alert["pattern"]), []).append(alert)
    return [_finding(name, kinds, truth, told.get(_named(name), [])) for name, kinds in measured()]


def _named(name: str) -> str:
    """What the alerts of a pattern are called: those of linked_alerts by what makes the links that they tell of."""
    return str(getattr(importlib.import_module(f"jobs.patterns.{name}.truth"), "ALERTS", name))


def measured() -> Iterator[tuple[str, tuple[str, ...]]]:
    """The patterns that can be held against a truth, and the kinds of it that each finds."""
    for name in pattern.names():
        if find_spec(f"jobs.patterns.{name}.truth"):
            kinds = importlib.import_module(f"jobs.patterns.{name}.truth").TRUTH
            yield name, (kinds,) if isinstance(kinds, str) else tuple(kinds)


def _finding(name: str, kinds: tuple[str, ...], truth: Mapping[str, Any], alerts: list[Alert]) -> Finding:
    held = importlib.import_module(f"jobs.patterns.{name}.truth")
    planted = [item for kind in kinds for item in truth.get(kind, [])]
    by_item = [next((alert for alert in alerts if held.matches(item, alert)), None) for item in planted]
    found = [alert for alert in by_item if alert is not None]
    beyond = getattr(held, "beyond", lambda item: None)
    missed = (_missed(item, beyond(item)) for item, alert in zip(planted, by_item, strict=True) if alert is None)
    example = found[0] if found else alerts[0] if alerts else None
    return Finding(name, pattern.load(name).title, len(planted), len(found), example, tuple(missed))


def _missed(item: Item, beyond: str | None) -> Missed:
    """``beyond``: why the pattern does not look for it. What a replay of weeks hides from any pattern is said here."""
    why = beyond or (LATE if "ahead_ms" in item else None)
    return Missed(str(item.get("id", "unnamed")), why or OPEN, why is not None)


def table(found: list[Finding]) -> Table:
    """A line a pattern: planted, found, and the headline of one alert."""
    shown = Table(box=None, pad_edge=False, header_style="dim")
    shown.add_column("pattern", no_wrap=True)
    shown.add_column("planted", justify="right")
    shown.add_column("found", justify="right")
    shown.add_column("for example", no_wrap=True, overflow="ellipsis", ratio=1)
    for one in found:
        style = "green" if one.found == one.planted else "yellow" if one.found else "dim"
        headline = str(one.example["headline"]) if one.example else "·"
        shown.add_row(one.title, str(one.planted), Text(str(one.found), style), headline)
    return shown


def reasons(found: list[Finding]) -> Text:
    """A line for each thing that was planted and not found."""
    lines = [f"not found: {one.name} ({finding.title}): {one.why}" for finding in found for one in finding.missed]
    return Text("\n".join(lines), "dim")


def explanations(found: list[Finding]) -> Group:
    """One alert of each pattern in full, as the districts read it."""
    return Group(
        *(
            Panel(
                Text.assemble((str(one.example["headline"]), "bold"), "\n", str(one.example["description"])),
                title=f"{one.title} → {one.example['recipient']}",
                title_align="left",
                border_style="dim",
            )
            for one in found
            if one.example is not None
        )
    )
