"""`crossbeat rotate`: a new password for the account of a district."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("rotate")(rotate)


def rotate(district: Annotated[str, typer.Argument(help="whose password")]) -> None:
    """Give a district a new password for Kafka, write it to its credentials file, and refuse the old one from now on.

    Who is connected with the old one stays so until they connect again.
    """
    from rich.console import Console

    from infra.provision import ProvisionError, accounts
    from streams import settings
    from streams.districts import BadDistrict

    try:
        file = accounts.rotate(settings.load(), district)
    except (ProvisionError, BadDistrict) as error:
        Console(stderr=True, soft_wrap=True).print(f"[red]no new password:[/] {error}", highlight=False)
        raise typer.Exit(1) from error
    Console(soft_wrap=True).print(f"{district} has a new password: hand over {file}", highlight=False)
