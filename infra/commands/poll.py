"""`crossbeat poll`: publish what is new or changed in a district's database."""

from __future__ import annotations

import signal
import threading
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from connectors.poll import Pass


def poll(
    mapping: Annotated[Path, typer.Option(help=r"the TOML file with \[source], and what the query's columns mean")],
    areas: Annotated[Path | None, typer.Option(help="GeoJSON in place of the mapping's districts.areas")] = None,
    once: Annotated[bool, typer.Option("--once", help="one pass, and end")] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="map the rows of a first pass and report; needs no server")
    ] = False,
    limit: Annotated[int | None, typer.Option(min=1, help="with --dry-run: only so many rows")] = None,
) -> None:
    """Ask a database for what is new or changed, and publish it. Until Ctrl-C."""
    from infra.publishing import problems

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with problems():
        if dry_run:
            _rehearse(mapping, areas, limit)
        else:
            _run(mapping, areas, once)


def _rehearse(mapping: Path, areas: Path | None, limit: int | None) -> None:
    from connectors.mapping import load
    from connectors.poll import rehearse
    from infra.commands.backfill import show
    from streams import settings

    show(rehearse(load(mapping, areas), settings.load(), limit), Console(), dry_run=True)


def _run(mapping: Path, areas: Path | None, once: bool) -> None:
    from connectors.mapping import load
    from connectors.poll import Poller
    from infra.publishing import prepare, running

    made, found = load(mapping, areas), running()
    console = Console(soft_wrap=True)

    def tell(done: Pass) -> None:
        if once or done.report.published or done.report.rejected:
            tell_pass(done, console)

    poller = Poller(made, found, tell)
    try:
        prepare(made, found)
        if once:
            poller.once()
        else:
            console.print("polling; Ctrl-C ends it")
            poller.run(threading.Event())
    finally:
        poller.close()


def tell_pass(done: Pass, console: Console) -> None:
    """A line of what a pass brought, and of each kind of row that was rejected."""
    from infra.commands.backfill import left_out, rejections

    report = done.report
    now = datetime.now().astimezone().strftime("%H:%M:%S")
    console.print(
        f"{now} {report.rows:,} rows asked, {report.published.total():,} published,"
        f" {report.unchanged:,} published before, {report.rejected.total():,} rejected" + left_out(report)
    )
    if report.rejected:
        console.print(rejections(report))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(poll)
