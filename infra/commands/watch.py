"""`crossbeat watch`: publish the files that appear in a folder."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.markup import escape

if TYPE_CHECKING:
    from connectors.watch import Options, Outcome


def watch(
    folder: Annotated[Path, typer.Argument(help="where the files appear", exists=True, file_okay=False)],
    mapping: Annotated[Path, typer.Option(help="the TOML file that says what their columns mean")],
    areas: Annotated[Path | None, typer.Option(help="GeoJSON in place of the mapping's districts.areas")] = None,
    pattern: Annotated[str, typer.Option(help="names to take, such as '*.csv'")] = "",
    settle: Annotated[float, typer.Option(min=0.1, help="a file is whole when unchanged for so many seconds")] = 2.0,
    every: Annotated[float, typer.Option(min=0.1, help="seconds between looks without news")] = 1.0,
    move: Annotated[bool, typer.Option("--move", help="move files to done/ and refused/ in the folder")] = False,
    network_disk: Annotated[
        bool, typer.Option("--network-disk", help="look for changes by polling: network disks tell nothing")
    ] = False,
    once: Annotated[bool, typer.Option("--once", help="publish what is there and end")] = False,
) -> None:
    """Publish each file of a folder once it is whole; of a changed file what is new or changed. Until Ctrl-C."""
    from connectors.watch import Options
    from infra.publishing import problems

    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = Options(pattern=pattern, settle_s=settle, every_s=every, move=move, polling=network_disk)
    with problems():
        _run(folder, mapping, areas, options, once)


def _run(folder: Path, mapping: Path, areas: Path | None, options: Options, once: bool) -> None:
    from connectors.mapping import load
    from connectors.watch import Watcher
    from infra.publishing import prepare, running

    made, found = load(mapping, areas), running()
    prepare(made, found)
    console = Console(soft_wrap=True)

    def tell(outcome: Outcome) -> None:
        show(outcome, console)

    watcher, stop = Watcher(folder, made, found, options, tell), threading.Event()
    try:
        if once:
            watcher.once(stop)
        else:
            console.print(f"watching {escape(str(folder))}; Ctrl-C ends it")
            watcher.run(stop)
    finally:
        watcher.close()


def show(outcome: Outcome, console: Console) -> None:
    """A line of what became of a file, and of each kind of row that was rejected."""
    from infra.commands.backfill import left_out, rejections

    name = escape(outcome.file)
    report = outcome.report
    if report is None:
        console.print(f"[red]{name} set aside:[/] {escape(outcome.refused)}", highlight=False)
        return
    unchanged = f", {report.unchanged:,} published before" if report.unchanged else ""
    console.print(
        f"{name}: {report.rows:,} rows, {report.published.total():,} published{unchanged},"
        f" {report.rejected.total():,} rejected" + left_out(report)
    )
    if report.rejected:
        console.print(rejections(report))


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(watch)
