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

from infra.demo.neighbours import CANCEL_S, ActError, Neighbours
from streams.settings import Settings

TICK_S = 0.5
PATIENCE_S = 300.0
STILL_S = 4.0
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
    act = Neighbours(settings, city.result())
    began = time.monotonic()
    with Live(console=console, auto_refresh=False) as live:

        def tick() -> None:
            time.sleep(TICK_S)
            watch()
            act.check()
            live.update(screen(act, time.monotonic() - began), refresh=True)
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
            live.update(screen(act, time.monotonic() - began), refresh=True)
        finally:
            act.stop()
    owner, incident, neighbour = taken
    return {
        "districts": act.names,
        "sent": {f"{district}.{kind}": count for (district, kind), count in sorted(act.sent.items())},
        "received": {f"{district}.{kind}": count for (district, kind), count in sorted(act.received.items())},
        "retracted": incident,
        "retracted_by": owner,
        "cancelled_at": neighbour,
        "seconds_to_cancel": act.seconds_to_cancel(neighbour),
    }


def _until_still(act: Neighbours, tick: Callable[[], None]) -> None:
    """Until all is published, and nothing more is received for a while."""
    before, moved = -1, time.monotonic()
    while not act.published or time.monotonic() - moved < STILL_S or not any(act.alerts.values()):
        tick()
        count = act.received.total()
        if count != before:
            before, moved = count, time.monotonic()


def screen(act: Neighbours, seconds: float) -> Group:
    """Head, what each district published and received by record type, and what happened."""
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
    return Group(head, Text(), table, Text(), events)


def _number(count: int) -> str:
    return f"{count:,}" if count else "·"
