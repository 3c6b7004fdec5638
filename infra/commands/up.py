"""`crossbeat up`: the embedded stack, in the foreground or behind."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("up")(up)


def up(
    detach: Annotated[bool, typer.Option("--detach", help="return once healthy; `crossbeat down` ends it")] = False,
    only: Annotated[str, typer.Option(help="start these parts only, such as kafka,registry,clickhouse")] = "",
    without: Annotated[str, typer.Option(help="start all parts but these")] = "",
) -> None:
    """Start the stack: broker, registry, ClickHouse, and the workers between them. Ctrl-C ends all, in order."""
    from rich.console import Console
    from rich.live import Live

    from infra.local import background, foreground, select, view
    from infra.local.errors import StackError
    from infra.local.report import ServiceReport
    from streams.settings import Configured

    console = Console(stderr=True)
    try:
        configured = Configured()
        servers, workers = select.choose(only, without)
        if not detach:
            foreground.run(configured, servers, workers, console)
            return
        select.fetch(configured, servers, workers)
        caption = f"data in {configured.data} · its logs in logs/ · `crossbeat down` ends all"
        with Live(console=console, refresh_per_second=4) as live:

            def changed(services: list[ServiceReport]) -> None:
                live.update(view.table(services, "Crossbeat", caption))

            background.start(configured, servers, workers, changed)
    except StackError as error:
        view.tell(console, error)
        raise typer.Exit(1) from None
