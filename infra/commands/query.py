"""`crossbeat query`: ask ClickHouse as an analyst."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import Annotated

import typer


class Format(StrEnum):
    """How an answer is written."""

    table = "table"
    csv = "csv"
    json = "json"
    arrow = "arrow"


# ClickHouse's own names: a header line, one object a line, a stream that any Arrow reader takes.
STREAMED = {Format.csv: "CSVWithNames", Format.json: "JSONEachRow", Format.arrow: "ArrowStream"}


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("query")(query)


def query(
    statement: Annotated[str | None, typer.Argument(metavar="SQL", help="one statement, or - to read it")] = None,
    fmt: Annotated[Format, typer.Option("--format", help="table for people; the rest streams to files")] = Format.table,
    limit: Annotated[int, typer.Option(min=1, help="rows that a table shows at most")] = 100,
    district: Annotated[str, typer.Option(help="ask as an analyst of this district, through the guard")] = "",
    examples: Annotated[bool, typer.Option("--examples", help="list the views with a query to try for each")] = False,
) -> None:
    """Ask what has landed: SQL, answered by ClickHouse, read-only. Times are UTC."""
    from rich.console import Console

    from connectors.query.ask import Analyst, QueryError
    from infra.local.credentials import as_analyst
    from streams import settings
    from streams.districts import BadDistrict

    if examples:
        show_examples()
        return
    text = sys.stdin.read() if statement == "-" else statement or ""
    try:
        loaded = settings.load()
        analyst = Analyst(as_analyst(loaded, district) if district else loaded)
        if fmt is Format.table:
            from connectors.query.table import caption, table

            answer = analyst.rows(text, limit)
            Console().print(table(answer))
            Console(soft_wrap=True, highlight=False).print(f"[dim]{caption(answer)}[/dim]")
        else:
            for piece in analyst.stream(text, STREAMED[fmt]):
                sys.stdout.buffer.write(piece)
            sys.stdout.buffer.flush()
    except (QueryError, LookupError, BadDistrict) as error:
        reason, _, advice = str(error).partition("\n")
        console = Console(stderr=True, highlight=False, soft_wrap=True)
        console.print(f"[red]{_plain(reason)}[/red]\n{_plain(advice)}")
        raise typer.Exit(1) from None


def show_examples() -> None:
    """Each view, what it is for, and a query to copy."""
    from rich.console import Console

    from connectors.query.examples import examples

    console = Console(highlight=False, soft_wrap=True)
    for example in examples():
        console.print(f"[bold]{example.view}[/bold]  {_plain(example.purpose)}")
        console.print(f'  [cyan]crossbeat query "{_plain(example.statement)}"[/cyan]\n')


def _plain(text: str) -> str:
    from rich.markup import escape

    return escape(text)
