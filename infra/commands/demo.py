"""`crossbeat demo`: see it work, on a real city."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape


def demo(
    data: Annotated[Path | None, typer.Option(help="data folder; an earlier demo in it is emptied")] = None,
    exit_at_end: Annotated[bool, typer.Option("--exit", help="stop everything at the end")] = False,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the result to this file")] = None,
    picture: Annotated[Path | None, typer.Option(help="draw the last view and the summary to this SVG file")] = None,
) -> None:
    """Start everything, replay eight years of a real city through it, show the alerts as they come, and count."""
    from connectors.samples.toronto.fetch import FetchError
    from infra.demo.run import DemoError
    from infra.demo.run import demo as run
    from infra.local.errors import StackError

    try:
        run(data, exit_at_end, json_file, picture, Console())
    except (DemoError, StackError, FetchError) as error:
        Console(stderr=True).print(f"[red]{escape(str(error))}", highlight=False)
        raise typer.Exit(1) from error
    except KeyboardInterrupt:
        raise typer.Exit(130) from None


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(demo)
