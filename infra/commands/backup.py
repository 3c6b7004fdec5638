"""`crossbeat backup` and `crossbeat restore`: copies of the tables, which expire as the rows in them do."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.backup import Manifest


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("backup")(backup)
    app.command("restore")(restore)


def backup(
    show: Annotated[bool, typer.Option("--list", help="show what there is and make none")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="objects instead of a table")] = False,
) -> None:
    """Copy every table of the running stack, less what is due before the copy itself must be gone.

    It is deleted after `backup.days`, by `crossbeat retention --apply` and by the run of each night.
    """
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn

    from infra.backup import Shelf, take
    from streams import districts, settings

    with _told():
        ours = settings.load()
        if not show:
            joined = districts.load_all(ours.districts)
            columns = (TextColumn("{task.description}"), BarColumn(), TextColumn("{task.completed}/{task.total}"))
            with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
                line = bar.add_task("tables", total=None)
                take(ours, joined, lambda what, done, of: bar.update(line, description=what, completed=done, total=of))
        found = Shelf(ours).all()[: None if show else 1]
    if as_json:
        typer.echo(json.dumps([_plain(one, ours.backup.days) for one in found], indent=1))
        return
    console = Console(highlight=False)
    console.print(_table(found, ours.backup.days) if found else f"there is no backup in {ours.backups}")
    if found and not show:
        console.print(f"in {ours.backups}; `crossbeat restore {found[0].name}` puts it back", soft_wrap=True)


def restore(
    name: Annotated[str, typer.Argument(help="which backup, as `crossbeat backup --list` shows it")],
    accept_gaps: Annotated[
        bool, typer.Option("--accept-gaps", help="go on where the topics do not hold all that was shared since")
    ] = False,
) -> None:
    """Put a backup back into the tables of the running stack.

    What was taken back or narrowed since then is so from the first moment, and what is due by now stays away. Rows
    are added and none is taken away: the loader goes on meanwhile, and analysts may ask.
    """
    from rich.console import Console

    from infra import backup as kept
    from streams import districts, settings

    console = Console(highlight=False, soft_wrap=True)
    with _told(), console.status("reading the backup") as status:
        ours = settings.load()
        joined = districts.load_all(ours.districts)
        done = kept.restore(ours, joined, name, accept_gaps=accept_gaps, tell=status.update)
    for table, more in sorted(done.rows.items()):
        console.print(f"{table}: {more:,} records that were not there")
    if not done.rows:
        console.print("the tables lacked nothing of it")
    console.print(f"landed {done.landed:,} rows that were shared since; {done.gone:,} rows of it were due by now")


@contextmanager
def _told() -> Iterator[None]:
    """An error as its message, and exit code 1."""
    from rich.console import Console
    from rich.markup import escape

    from infra.backup import BackupError
    from infra.provision import ProvisionError
    from streams.districts import BadDistrict

    try:
        yield
    except (BackupError, ProvisionError, BadDistrict) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None


def _plain(manifest: Manifest, days: int) -> dict[str, object]:
    told = asdict(manifest)
    return {key: told[key] for key in ("name", "size", "rows")} | {"gone_by": manifest.goes_at(days).isoformat()}


def _table(found: list[Manifest], days: int) -> object:
    from rich import box
    from rich.filesize import decimal
    from rich.table import Table

    shown = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False)
    shown.add_column("backup")
    shown.add_column("rows", justify="right")
    shown.add_column("size", justify="right")
    shown.add_column("gone by, UTC")
    for one in found:
        gone_by = f"{one.goes_at(days):%Y-%m-%d %H:%M}"
        shown.add_row(one.name, f"{one.total:,}", decimal(one.size), gone_by)
    return shown
