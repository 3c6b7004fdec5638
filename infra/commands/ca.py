"""`crossbeat ca`: certificates for a machine of one's own, so that the broker speaks TLS."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("ca")(ca)


def ca(
    folder: Annotated[
        Path | None, typer.Option("--out", help="folder for them; by default <data>/certificates")
    ] = None,
    host: Annotated[
        list[str] | None, typer.Option("--host", help="a name or address of the broker; again for more")
    ] = None,
) -> None:
    """Make a development CA, once, and a certificate of the broker, each time. They say what to set to use them."""
    from rich.console import Console

    from infra.local.ca import make
    from streams.settings import Settings

    console = Console(soft_wrap=True)
    try:
        made = make(folder or Settings().data / "certificates", host or ["127.0.0.1", "localhost"])
    except (OSError, ValueError) as error:
        Console(stderr=True, soft_wrap=True).print(f"[red]no certificate was made:[/] {error}", highlight=False)
        raise typer.Exit(1) from error
    console.print("made for development; `crossbeat up` speaks TLS with these settings:", highlight=False)
    for name, file in (
        ("KAFKA__CA_FILE", made.ca),
        ("EMBEDDED__KAFKA_CERTIFICATE", made.certificate),
        ("EMBEDDED__KAFKA_CERTIFICATE_KEY", made.key),
    ):
        console.print(f"CROSSBEAT_{name}={file.resolve()}", highlight=False, markup=False)
