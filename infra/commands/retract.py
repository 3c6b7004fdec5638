"""`crossbeat retract`: take a record back, everywhere it went."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("retract")(retract)


def retract(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="record id, such as north:2024-001732")],
    reason: Annotated[str, typer.Option(help="a code of docs/reference, such as entered_in_error")],
    record_type: Annotated[str, typer.Option("--type", help="what kind of record it is")] = "incident",
    revision: Annotated[
        int | None, typer.Option(min=1, help="latest revision to take back; without it, the latest that has landed")
    ] = None,
    note: Annotated[str | None, typer.Option(help="what those who had it should know")] = None,
    district: Annotated[str | None, typer.Option(help="its owner, where the id does not begin with it")] = None,
    wait: Annotated[float, typer.Option(min=0, help="seconds to wait for what follows; 0 does not wait")] = 30.0,
) -> None:
    """Take a record back: from shared topics, links, alerts and tables, and from every district that had it."""
    from rich.console import Console
    from rich.markup import escape

    from connectors.records import NotTaken, owner_of, publish
    from connectors.retract.follow import outcome
    from connectors.retract.send import Wish, record
    from connectors.trace.ask import TraceError, latest_revision
    from connectors.trace.show import table
    from streams import settings

    ours = settings.load()
    console = Console(highlight=False, soft_wrap=True)
    try:
        latest = revision or latest_revision(ours, record_type, record_id)
        if latest is None:
            raise NotTaken(f"no {record_type} {record_id} has landed, or it was taken back: see `crossbeat trace`")
        wish = Wish(record_type, record_id, latest, reason, note)
        made = record(wish, district or owner_of(record_id))
        where = publish(ours, "retraction", made)
        console.print(f"asked back at {where}: {escape(record_id)}, revision {latest} and before")
        events = outcome(ours, record_id, made["record_id"], wait) if wait else []
        if events:
            console.print(table(events))
        elif wait:
            console.print(
                "the gate has not answered yet: `crossbeat trace` shows what follows, `crossbeat status` the lag"
            )
    except (NotTaken, TraceError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None
