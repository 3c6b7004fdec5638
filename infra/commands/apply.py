"""`crossbeat apply`: make the live system as the files and the contracts say."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from infra.commands.plan import AGREEMENTS, DISTRICTS


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("apply")(apply)


def apply(
    districts: Annotated[Path | None, DISTRICTS] = None,
    agreements: Annotated[Path | None, AGREEMENTS] = None,
    check: Annotated[
        bool, typer.Option("--check", help="change nothing; say what differs, and exit 1 if any does")
    ] = False,
    allow_unsafe: Annotated[
        bool, typer.Option("--allow-unsafe", help="also what deletes, gives more away or moves a border")
    ] = False,
    yes: Annotated[bool, typer.Option("--yes", "-y", help="do not ask on a terminal")] = False,
) -> None:
    """Make districts, agreements, topics, subjects, tables and views as the files and contracts say. Safe to run again.

    Credentials of a district that joins are written once, to a file that only you can read.
    """
    from rich.console import Console
    from rich.markup import escape

    from infra import districts as files
    from infra.districts import folders, show
    from infra.districts.apply import Unsafe
    from infra.districts.apply import apply as make
    from infra.provision import ProvisionError
    from streams import settings
    from streams.agreements import BadAgreement
    from streams.districts import BadDistrict

    console = Console(highlight=False)
    ours = settings.load()
    try:
        written = folders.read(districts, agreements)
        changes = files.plan(ours, written)
        if not changes:
            console.print("everything is as the files and the contracts say")
            return
        console.print(show.table(changes))
        console.print(show.summary(changes))
        if check:
            raise typer.Exit(1)
        if sys.stdin.isatty() and not yes and (allow_unsafe or not any(change.unsafe for change in changes)):
            typer.confirm("make it so?", abort=True)
        make(ours, written, changes, lambda line: console.print(escape(line)), allow_unsafe=allow_unsafe)
    except (files.BadFiles, Unsafe, ProvisionError, BadDistrict, BadAgreement) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None
