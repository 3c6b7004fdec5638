"""`crossbeat down`: end the stack that runs on the data folder."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("down")(down)


def down() -> None:
    """End the stack in order: workers, registry and ClickHouse, broker. All data stays for the next `up`."""
    from rich.console import Console

    from infra.local import background, view
    from infra.local.errors import StackError
    from streams.settings import Configured

    console = Console(stderr=True)
    try:
        with console.status("ending, in order …"):
            background.stop(Configured())
    except StackError as error:
        view.tell(console, error)
        raise typer.Exit(1) from None
    console.print("ended; the data stays for the next start")
