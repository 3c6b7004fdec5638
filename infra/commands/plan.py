"""`crossbeat plan`: how the live system differs from the files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

DISTRICTS = typer.Option(help="folder with a folder for each district; connectors/districts if there is one here")
AGREEMENTS = typer.Option(help="folder of sharing agreements; infra/agreements if there is one here")
TO_DO = 2


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("plan")(plan)


def plan(
    districts: Annotated[Path | None, DISTRICTS] = None,
    agreements: Annotated[Path | None, AGREEMENTS] = None,
    as_json: Annotated[bool, typer.Option("--json", help="a list of objects instead of a table")] = False,
) -> None:
    """Say how districts, agreements, topics, subjects and tables differ from the files; exit code 2 if they do."""
    from rich.console import Console
    from rich.markup import escape

    from infra import districts as files
    from infra.districts import folders, show
    from infra.provision import ProvisionError
    from streams import settings
    from streams.agreements import BadAgreement
    from streams.districts import BadDistrict

    console = Console(highlight=False)
    try:
        found = files.plan(settings.load(), folders.read(districts, agreements))
    except (files.BadFiles, ProvisionError, BadDistrict, BadAgreement) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None
    if as_json:
        typer.echo(json.dumps(show.as_json(found), ensure_ascii=False, indent=1))
    elif found:
        console.print(show.table(found))
        console.print(f"{show.summary(found)}; `crossbeat apply` makes it so")
    else:
        console.print("everything is as the files and the contracts say")
    raise typer.Exit(TO_DO if found else 0)
