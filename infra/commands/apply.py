"""`crossbeat apply`: make topics, subjects, tables and views as the contracts say."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("apply")(apply)


def apply(
    check: Annotated[
        bool, typer.Option("--check", help="change nothing; say what differs, and exit 1 if any does")
    ] = False,
) -> None:
    """Make topics, subjects, tables and views as the contracts say. Safe to run again; `crossbeat up` does it too."""
    from rich.console import Console

    from infra import provision
    from streams import settings

    console = Console(highlight=False, soft_wrap=True)
    try:
        if check:
            found = provision.drift(settings.load())
            for one in found:
                console.print(f"[yellow]{one.kind} {one.name}[/yellow] {one.words}\n  [dim]{one.mend}[/dim]")
            if found:
                raise typer.Exit(1)
            console.print("everything is as the contracts say")
            return
        for line in provision.apply(settings.load()) or ["everything was as the contracts say"]:
            console.print(line)
    except provision.ProvisionError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{error}[/red]")
        raise typer.Exit(1) from None
