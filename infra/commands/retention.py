"""`crossbeat retention`: what has been kept long enough."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("retention")(retention)


def retention(
    preview: Annotated[
        bool, typer.Option("--preview", help="count what is due and delete nothing; the default")
    ] = False,
    apply: Annotated[bool, typer.Option("--apply", help="delete what is due")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="a list of objects instead of a table")] = False,
) -> None:
    """Count, or delete, what was kept as long as contract, district, release or agreement say; the shortest counts.

    Rows of the tables, messages of the topics, and backups whole, of which the number is that of their rows.

    Topics are only set: the broker deletes from them by itself. A stack that `crossbeat up` runs applies it each night.
    """
    from rich import box
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from infra import backup as backups
    from infra import retention as kept
    from infra.provision import ProvisionError, topics, wanted_topics
    from streams import districts, settings
    from streams.districts import BadDistrict

    if preview and apply:
        raise typer.BadParameter("give --preview or --apply, not both")
    ours = settings.load()
    console = Console(highlight=False)
    try:
        joined = districts.load_all(ours.districts)
        rules = list(kept.rules(joined))
        with kept.Tables(ours) as tables:
            if apply:
                done = topics.Topics(ours).apply(wanted_topics(joined)) + [str(gone) for gone in tables.delete(rules)]
                done += [f"deleted backup {gone.name}: {gone.reason}" for gone in backups.expire(ours, joined)]
                for line in done or ["nothing was due"]:
                    console.print(escape(line))
                return
            due = [*tables.count(rules), *kept.count_topics(ours, joined), *backups.overdue(ours, joined)]
    except (ProvisionError, backups.BackupError, BadDistrict) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps([asdict(one) for one in due], indent=1))
        return
    shown = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False)
    for heading in ("where", "name", "district", "by", "what"):
        shown.add_column(heading, overflow="fold")
    shown.add_column("how many", justify="right")
    for one in due:
        shown.add_row(
            one.store, one.name, one.district, one.reason, "withdrawn" if one.withdrawn else "deleted", f"{one.count:,}"
        )
    console.print(shown if due else "nothing is due")
    if due:
        console.print("`crossbeat retention --apply` does so now; the broker deletes from topics by itself")
