"""`crossbeat doctor`: is anything wrong, and what to do about it."""

from __future__ import annotations

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("doctor")(doctor)


def doctor() -> None:
    """Look at machine, cache, stack and contracts; say what is wrong and what to do. Exit code 1 if anything is."""
    from rich.console import Console
    from rich.markup import escape

    from infra.local.doctor import examine
    from streams.settings import Configured, Settings

    console = Console()
    ill = 0
    for finding in examine(Settings(), Configured()):
        ill += not finding.well
        mark = "[green]✓[/]" if finding.well else "[red]✗[/]"
        console.print(f"{mark} [bold]{finding.name:<14}[/] {escape(finding.words)}", highlight=False)
        if finding.todo:
            console.print(f"  [bold]{'to do':<14}[/] [yellow]{escape(finding.todo)}[/]", highlight=False)
    console.print(f"[red]{ill} to see to[/]" if ill else "[green]all well[/]")
    raise typer.Exit(1 if ill else 0)
