"""`crossbeat sample`: fetch a real file to try the platform with."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

import typer
from rich.console import Console


class City(StrEnum):
    """The samples that there are."""

    toronto = "toronto"


def sample(city: Annotated[City, typer.Argument(help="which sample")] = City.toronto) -> None:
    """Fetch a sample by checksum, prepare it, and say where the file and its mapping are."""
    from connectors.samples import toronto
    from connectors.samples.toronto.fetch import FetchError
    from streams import settings

    try:
        found = toronto.prepare(settings.load().cache)
    except FetchError as error:
        Console(stderr=True).print(f"[red]{error}")
        raise typer.Exit(1) from error
    typer.echo(f"file     {found.file}\nmapping  {found.mapping}\nareas    {found.areas}\n")
    typer.echo(f"try it: crossbeat backfill {found.file} --mapping {found.mapping} --dry-run")


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(sample)
