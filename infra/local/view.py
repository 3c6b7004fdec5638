"""The table of services that ``crossbeat up`` and ``crossbeat status`` show, and how an error is told."""

from __future__ import annotations

from collections.abc import Sequence

from rich.box import ROUNDED
from rich.console import Console
from rich.markup import escape
from rich.table import Table

from infra.local.errors import StackError
from infra.local.report import ServiceReport
from infra.local.service import State

LOOKS = {
    State.WAITING: "[dim]○ waiting[/]",
    State.STARTING: "[yellow]◐ starting[/]",
    State.HEALTHY: "[green]● healthy[/]",
    State.YOURS: "[blue]◆ yours[/]",
    State.DOWN: "[red]✗ down[/]",
    State.STOPPED: "[dim]■ stopped[/]",
}


def table(services: Sequence[ServiceReport], title: str, caption: str = "", processes: bool = False) -> Table:
    """Services and how they stand; with ``processes`` also process ids and memory."""
    shown = Table(title=title, caption=caption, box=ROUNDED, title_justify="left", caption_justify="left")
    shown.add_column("part", style="bold", no_wrap=True)
    shown.add_column("state", no_wrap=True)
    shown.add_column("up in", justify="right", no_wrap=True)
    if processes:
        shown.add_column("pid", justify="right", style="dim", no_wrap=True)
        shown.add_column("memory", justify="right", no_wrap=True)
    shown.add_column("address, or what happened", overflow="fold")
    for service in services:
        row = [service.name, LOOKS[service.state], "" if service.seconds is None else f"{service.seconds:.1f} s"]
        if processes:
            row += [str(service.pid or ""), "" if service.rss_mb is None else f"{service.rss_mb:,} MB"]
        restarted = f"restarted {service.restarts}×" if service.restarts else ""
        notes = "; ".join(note for note in (service.detail, restarted) if note)
        shown.add_row(*row, escape(service.address) + (f"\n[yellow]{escape(notes)}[/]" if notes else ""))
    return shown


def tell(console: Console, error: StackError) -> None:
    """An error: what is wrong, then what to do."""
    console.print(f"[bold red]cannot go on:[/] {escape(error.message)}", highlight=False)
    console.print(f"[bold]to do:[/] {escape(error.todo)}", highlight=False)
