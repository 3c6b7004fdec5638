"""`crossbeat quality`: check what has landed, once, now."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("quality")(quality)


def quality(
    show: Annotated[bool, typer.Option("--open", help="open the pages in a browser when done")] = False,
) -> None:
    """Check the landed rows that were not checked yet; exit code 1 when some fail."""
    import threading
    import webbrowser

    from rich.console import Console

    from streams import settings
    from streams.metrics import Meter

    console = Console(highlight=False, soft_wrap=True)
    configured = settings.load()
    if not configured.clickhouse.host:
        console.print("no clickhouse is set and no stack runs here\nstart one with `crossbeat up --detach`")
        raise typer.Exit(1)
    with console.status("loading the checks (some seconds)"):
        from connectors.quality.worker import Worker

        worker = Worker(configured, threading.Event(), Meter("quality-once", configured.data))
    with console.status("checking"):
        failed = worker.once()
    console.print("every checked row passed" if not failed else f"{failed} batches failed: see the view quality_now")
    console.print(f"pages: {worker.index}")
    if show:
        webbrowser.open(f"file://{worker.index}")
    raise typer.Exit(1 if failed else 0)
