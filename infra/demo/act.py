"""The second act on the screen: what the three districts publish and receive, and what one retraction does."""

from __future__ import annotations

import time
from collections.abc import Callable
from concurrent.futures import Future
from pathlib import Path
from typing import Any

from rich.console import Console, Group
from rich.live import Live
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from connectors.simulate.read import truth
from infra.demo import found
from infra.demo.neighbours import CANCEL_S, ActError, Neighbours
from streams.settings import Settings

TICK_S = 0.5
PATIENCE_S = 420.0
STILL_S = 4.0
FINDS_S = 90.0
"""How long the patterns that wait for time to pass may take after the last new finding."""
EVENTS = 8


def play(console: Console, settings: Settings, city: Future[Path], watch: Callable[[], None]) -> dict[str, Any]:
    """Play it; returns what happened.

    Args:
        console: where to show it.
        settings: the running stack.
        city: the folder of the simulated city, once it is written.
        watch: called now and then, to look after the stack.

    Raises:
        ActError: a district could not publish, or no alert crossed a border.
    """
    folder = city.result()
    act, planted = Neighbours(settings, folder), truth(folder)
    began = time.monotonic()
    with Live(console=console, auto_refresh=False) as live:

        def tick() -> None:
            time.sleep(TICK_S)
            watch()
            act.check()
            live.update(screen(act, time.monotonic() - began, found.findings(planted, act.told)), refresh=True)
            if time.monotonic() - began > PATIENCE_S:
                raise ActError(f"not done after {PATIENCE_S:.0f} s: read the logs in {settings.data / 'logs'}")

        try:
            act.join()
            act.start()
            _until_still(act, tick)
            act.answer()
            tick()
            taken = act.take_back()
            if taken is None:
                raise ActError("no alert reached two districts: `crossbeat status` tells which stage stands")
            until = time.monotonic() + CANCEL_S
            while act.seconds_to_cancel(taken[2]) is None and time.monotonic() < until:
                tick()
            findings = _until_found(act, planted, tick)
        finally:
            act.stop()
    console.print()
    console.print(found.explanations(findings))
    console.print(found.reasons(findings))
    owner, incident, neighbour = taken
    return {
        "districts": act.names,
        "sent": {f"{district}.{kind}": count for (district, kind), count in sorted(act.sent.items())},
        "received": {f"{district}.{kind}": count for (district, kind), count in sorted(act.received.items())},
        "retracted": incident,
        "retracted_by": owner,
        "cancelled_at": neighbour,
        "seconds_to_cancel": act.seconds_to_cancel(neighbour),
        "patterns": {
            one.pattern: {
                "planted": one.planted,
                "found": one.found,
                "missed": {missed.name: missed.why for missed in one.missed},
            }
            for one in findings
        },
    }


def _until_still(act: Neighbours, tick: Callable[[], None]) -> None:
    """Until all is published, and nothing more is received for a while."""
    before, moved = -1, time.monotonic()
    while not act.published or time.monotonic() - moved < STILL_S or not any(act.alerts.values()):
        tick()
        count = act.received.total()
        if count != before:
            before, moved = count, time.monotonic()


def _until_found(act: Neighbours, planted: dict[str, Any], tick: Callable[[], None]) -> list[found.Finding]:
    """Until everything that can be found is, or nothing new was found for a while."""
    findings, before, moved = found.findings(planted, act.told), -1, time.monotonic()
    while any(one.waits for one in findings) and time.monotonic() - moved < FINDS_S:
        tick()
        findings = found.findings(planted, act.told)
        if (count := sum(one.found for one in findings)) != before:
            before, moved = count, time.monotonic()
    return findings


def screen(act: Neighbours, seconds: float, findings: list[found.Finding]) -> Group:
    """Head, what each district published and received by record type, what was found, and what happened."""
    head = Text.assemble(
        ("CROSSBEAT  ", "bold"),
        "three districts, each with its own credentials   ",
        (f"{int(seconds) // 60}:{int(seconds) % 60:02d}", "bold cyan"),
    )
    table = Table(box=None, pad_edge=False, header_style="dim")
    table.add_column("record type", min_width=16)
    for name in act.names:
        table.add_column(f"{name}\n{'sent':>8}{'received':>10}", no_wrap=True)
    kinds = sorted({kind for _, kind in [*act.sent, *act.received]})
    for kind in kinds:
        cells = [f"{_number(act.sent[name, kind]):>8}{_number(act.received[name, kind]):>10}" for name in act.names]
        table.add_row(kind.replace("_", " "), *cells)
    lines = [Text(line, overflow="ellipsis", no_wrap=True) for line in act.events[-EVENTS:]]
    events = Panel(Group(*lines), title="what happened", title_align="left", border_style="yellow")
    return Group(head, Text(), table, Text(), found.table(findings), Text(), events)


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"
