"""`crossbeat status`: services, health, memory, ports, and what the workers count."""

from __future__ import annotations

from typing import Annotated

import typer

HIDDEN = {"name", "pid", "updated_at", "age_s", "last_event_ms", "looked_at", "ran_at"}
FEW = 4
"""So many entries of a map are named one by one."""


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("status")(status)


def status(
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object on standard output")] = False,
) -> None:
    """Show how the stack on the data folder stands. Exit code 0 when all is healthy, 1 otherwise."""
    from rich.console import Console
    from rich.markup import escape

    from infra.local import view
    from infra.local.status import look
    from streams.settings import Settings

    found = look(Settings())
    console = Console()
    if as_json:
        typer.echo(found.model_dump_json(indent=2))
    elif not found.running:
        console.print(f"no stack runs on {found.data}" + (f"; {found.note}" if found.note else ""), highlight=False)
    else:
        caption = f"{found.rss_mb:,} MB together · data in {found.data}" + (f" · {found.note}" if found.note else "")
        console.print(view.table(found.services, "Crossbeat", caption, processes=True))
        for name, numbers in found.counters.items():
            told = "  ".join(f"[dim]{key}[/] {_short(value)}" for key, value in numbers.items() if _shown(key))
            console.print(f"[bold]{name:<8}[/] {told}  [dim]({numbers['age_s']} s ago)[/]", highlight=False)
        if found.failed_patterns:
            console.print(
                f"[bold red]patterns that failed and wait for their next turn:[/] {', '.join(found.failed_patterns)}:"
                " `crossbeat doctor` says where to read why",
                highlight=False,
            )
        for name, why in found.begun_anew.items():
            console.print(
                f"[yellow]{name} began anew from what the topics still hold[/], {escape(why)}", highlight=False
            )
        if found.set_aside:
            told = ", ".join(f"{number} by {name}" for name, number in found.set_aside.items())
            console.print(
                f"[bold yellow]messages that could not be read, set aside:[/] {told}: `crossbeat doctor` says where to"
                " see which",
                highlight=False,
            )
    raise typer.Exit(0 if found.healthy else 1)


def _shown(key: str) -> bool:
    return key not in HIDDEN and not key.endswith(".anew")  # that is a sentence, told below


def _short(value: object) -> str:
    if isinstance(value, dict):  # a number for each of up to hundreds of districts: --json has them all
        numbers = [number for number in value.values() if isinstance(number, int | float)]
        few = ", ".join(f"{key} {_short(number)}" for key, number in value.items()) if len(value) <= FEW else ""
        return few or f"{len(value)}, the most {_short(max(numbers))}" if numbers else "none"
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    return f"{value:,.0f}" if isinstance(value, int) or value.is_integer() else f"{value:,.1f}"
