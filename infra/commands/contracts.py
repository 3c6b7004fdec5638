"""`crossbeat contracts`: what is shared, field by field."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from rich.table import Table

    from schemas.contract import Contract

group = typer.Typer(help="What is shared: record types, field by field.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the group of commands."""
    app.add_typer(group, name="contracts")


@group.command("list")
def list_() -> None:
    """List the record types, their topics and their tables."""
    from rich.console import Console
    from rich.table import Table

    from schemas import contracts

    table = Table("record", "topic", "table", "version", box=None, header_style="bold", pad_edge=False)
    for contract in contracts.all():
        for number, stage in enumerate(contract.stages):
            storage = contract.storage
            landed = storage.table if storage and storage.stage == stage else ""
            name = "" if number else f"[bold]{contract.name}[/bold]"
            table.add_row(name, _topic(contract, stage), landed, _version(contract, stage))
    Console().print(table)


@group.command("show")
def show(
    name: Annotated[str, typer.Argument(help="a record type, such as incident, or a code list, such as offence")],
) -> None:
    """Show the fields of a record type, or the codes of a code list."""
    from rich.console import Console

    from schemas import codes, contracts, rules
    from schemas.errors import ContractError

    console = Console()
    if name in codes.names():
        console.print(_codes(name))
        return
    try:
        contract = contracts.get(name)
    except ContractError as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{error}[/red]; code lists can be shown too")
        raise typer.Exit(1) from None
    console.print(f"[bold]{contract.title}[/bold]  {contract.doc}\n")
    for stage in contract.stages:
        subject = f"[dim]subject {contract.subject(stage)}[/dim]"
        console.print(f"[bold]{_topic(contract, stage)}[/bold]  {subject}\n  {contract.stage(stage).doc}")
    console.print()
    console.print(_fields(contract))
    for rule in rules.of(contract):
        console.print(rule.words.replace("`", ""))
    if contract.fields(contract.stages[0]) != contract.fields(contract.stages[-1]):
        console.print(f"[dim]* only in stage {contract.stages[-1]}[/dim]")


def _topic(contract: Contract, stage: str) -> str:
    return contract.stage(stage).topic.replace("{district}", "<district>")


def _version(contract: Contract, stage: str) -> str:
    from schemas import released

    number = len(released.versions(contract, stage))
    return (
        str(number) if released.current(contract, stage) else f"[yellow]{number}, changed since: make accept[/yellow]"
    )


def _fields(contract: Contract) -> Table:
    from rich.markup import escape
    from rich.table import Table

    from schemas.render import docs

    table = Table("field", "type", "allowed", "what it is", box=None, header_style="bold", padding=(0, 2, 0, 0))
    first = {field.name for field in contract.fields(contract.stages[0])}
    part: str | None = "none yet"
    for field in contract.fields(contract.stages[-1]):
        if field.part != part:
            part = field.part
            table.add_row(f"[bold dim]{contract.part_titles[part] if part else contract.title}[/bold dim]")
        name = field.name if field.name in first else f"{field.name}*"
        table.add_row(
            f"[cyan]{name}[/cyan]", docs.type_name(field), escape(docs.allowed(field, links=False)), field.doc
        )
    return table


def _codes(name: str) -> Table:
    from rich.table import Table

    from schemas import codes

    said = codes.get(name)
    heads = {"category": "category", "nibrs": "NIBRS", "todo": "what to do next"}
    shown = [key for key in heads if any(getattr(code, key) for code in said.codes.values())]
    table = Table(
        "code", "meaning", *(heads[key] for key in shown), box=None, header_style="bold", padding=(0, 2, 0, 0)
    )
    table.title, table.title_justify, table.title_style = said.doc, "left", "none"
    for name_, code in said.codes.items():
        table.add_row(f"[cyan]{name_}[/cyan]", code.name, *(getattr(code, key) or "" for key in shown))
    return table
