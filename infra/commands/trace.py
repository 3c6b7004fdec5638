"""`crossbeat trace`: where a record went."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("trace")(trace)


def trace(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="record id, such as north:2024-001732")],
    as_json: Annotated[bool, typer.Option("--json", help="one object an event")] = False,
) -> None:
    """Show where a record went: who may see it, what was derived from it, who had it, and what was taken back."""
    from rich.console import Console
    from rich.markup import escape

    from connectors.trace.ask import TraceError
    from connectors.trace.ask import trace as ask
    from connectors.trace.show import table
    from streams import settings

    try:
        events = ask(settings.load(), record_id)
    except TraceError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None
    if as_json:
        for event in events:
            typer.echo(json.dumps(event.as_dict(), ensure_ascii=False))
    elif events:
        Console(highlight=False).print(table(events))
    if not events:
        words = (
            f"nothing has landed of {escape(record_id)}: see that the id is whole, and `crossbeat status` for the lag"
        )
        Console(stderr=True, highlight=False, soft_wrap=True).print(words)
        raise typer.Exit(1)
