"""`crossbeat backfill`: publish a district's file, once, whatever happens on the way."""

from __future__ import annotations

import signal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich import box
from rich.columns import Columns
from rich.console import Console
from rich.markup import escape
from rich.padding import Padding
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table

if TYPE_CHECKING:
    from connectors.backfill import Options, Report, State
    from connectors.mapping import Mapping

MOST_CAUSES = 20


def backfill(
    file: Annotated[Path, typer.Argument(help="CSV, Parquet or JSON lines")],
    mapping: Annotated[Path, typer.Option(help="the TOML file that says what its columns mean; see docs/districts.md")],
    areas: Annotated[Path | None, typer.Option(help="GeoJSON in place of the mapping's districts.areas")] = None,
    rate: Annotated[float | None, typer.Option(min=0.01, help="rows a second")] = None,
    speed: Annotated[float | None, typer.Option(min=0.001, help="replay so many times as fast as it happened")] = None,
    limit: Annotated[int | None, typer.Option(min=1, help="only the first rows of the file")] = None,
    sort: Annotated[
        bool, typer.Option("--sort", help="publish in order of time, by way of a temporary folder")
    ] = False,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="map and report, publish nothing; needs no server")
    ] = False,
) -> None:
    """Publish the rows of a file as records. The same file twice changes nothing; a run that was cut off goes on."""
    from connectors.backfill import Options
    from connectors.mapping import load
    from infra.publishing import problems

    if rate is not None and speed is not None:
        raise typer.BadParameter("give --rate or --speed, not both")
    # Asked to end, it ends as by Ctrl-C: an open transaction is given up at once and holds nobody up.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    options = Options(rate=rate, speed=speed, limit=limit, sort=sort)
    with problems():
        report = _run(file, load(mapping, areas), options, dry_run)
    show(report, Console(), dry_run)


def _run(file: Path, mapping: Mapping, options: Options, dry_run: bool) -> Report:
    from connectors import backfill
    from infra.publishing import prepare, running

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn("{task.fields[pace]}"),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=Console(stderr=True)) as progress:
        task = progress.add_task(file.name, total=None, pace="")

        def watch(state: State) -> None:
            total = max(state.rows_total or 0, state.rows_done) if options.limit is None else options.limit
            speed = progress.tasks[task].speed
            pace = f"{speed:,.0f} rows/s" if speed else ""
            if state.rejected:
                pace += f", {state.rejected:,} rejected"
            progress.update(task, completed=state.rows_done, total=total, pace=pace)

        if dry_run:
            return backfill.rehearse(file, mapping, options, watch)
        found = running()
        backfill.check(file, mapping, options)  # before a district joins by a mistaken command
        prepare(mapping, found)
        return backfill.run(file, mapping, found, options, watch)


def show(report: Report, console: Console, dry_run: bool) -> None:
    """Print what became of the file."""
    if report.already_finished:
        console.print(f"{report.file} was published before, all {report.rows_before:,} rows: nothing was changed")
        return
    if report.rows_before:
        console.print(f"went on after row {report.rows_before:,}, where an earlier run ended")
    done = "would be published" if dry_run else "published"
    console.print(
        f"{report.rows:,} rows in {report.seconds:.1f} s, {report.rows_per_s:,.0f} rows/s:"
        f" {report.published.total():,} {done}, {report.rejected.total():,} rejected" + left_out(report)
    )
    counts = (f"{escape(name)} [bold]{count:,}[/]" for name, count in sorted(report.published.items()))
    if report.published:
        console.print(Padding(Columns(counts, padding=(0, 3)), (1, 2)))
    if report.rejected:
        console.print(rejections(report))
    if report.out_of_order:
        late = report.most_late_ms / 86_400_000
        console.print(
            f"[yellow]the file is not in order of time:[/] {report.out_of_order:,} records stand behind a later one, by"
            f" up to {late:,.1f} days. Patterns may then count them as late: --sort publishes in order"
        )
    if not report.finished:
        console.print("the file is not at its end: the same command without --limit goes on")


def left_out(report: Report) -> str:
    """How many rows the mapping leaves out, where it does."""
    return f", {report.left_out:,} left out by the mapping" if report.left_out else ""


def rejections(report: Report) -> Table:
    """The kinds of rows that were rejected, the most frequent first."""
    table = Table("rejected", "reason", "what to do", "such as", box=box.SIMPLE_HEAD)
    table.columns[0].justify = "right"
    for cause, count in report.rejected.most_common(MOST_CAUSES):
        reason, field, message = cause
        example = report.examples[cause]
        values = ", ".join(report.values[cause])
        such = f"row {example.row:,}" + (f": {escape(values)}" if values else "")
        table.add_row(f"{count:,}", f"{reason}\n[dim]{field or ''}[/]", escape(message), such)
    if len(report.rejected) > MOST_CAUSES:
        table.caption = f"and {len(report.rejected) - MOST_CAUSES} causes more"
    return table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(backfill)
