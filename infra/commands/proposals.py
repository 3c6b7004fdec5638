"""`crossbeat propose`, `proposals`, `answer`: corrections between districts."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, NoReturn

import typer


class Choice(StrEnum):
    """What an owner can answer."""

    accept = "accept"
    decline = "decline"
    need_more = "need_more"


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.command("propose")(propose)
    app.command("proposals")(proposals)
    app.command("answer")(answer)


def propose(
    record_id: Annotated[str, typer.Argument(metavar="ID", help="record of another district")],
    field: Annotated[str, typer.Option(help="field that should be another")],
    value: Annotated[str, typer.Option(help="what it should be; empty for no value")],
    proposer: Annotated[str, typer.Option("--as", help="district that proposes")],
    reason: Annotated[str, typer.Option(help="a code of docs/reference, such as wrong_code")] = "known_better",
    record_type: Annotated[str, typer.Option("--type", help="what kind of record it is")] = "incident",
    note: Annotated[str | None, typer.Option(help="what the owner should know")] = None,
) -> None:
    """Propose to correct a record of another district. Nothing changes unless its owner accepts."""
    from connectors.proposals import propose as make
    from connectors.proposals import stored
    from connectors.records import NotTaken, publish
    from streams import settings

    ours = settings.load()
    try:
        revision = int(stored.record(ours, record_type, record_id)["revision"])
        correction = make.Correction(record_type, record_id, revision, field, value, reason, note)
        made = make.record(correction, proposer)
        where = publish(ours, "proposal", made)
    except NotTaken as error:
        _fail(str(error))
    typer.echo(f"proposed as {made['record_id']} at {where}; the owner sees it with `crossbeat proposals`")


def proposals(
    district: Annotated[str, typer.Option(help="only those about this district's records")] = "",
) -> None:
    """List proposals, the newest first, and how they were answered."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from connectors.proposals import stored
    from connectors.records import NotTaken
    from streams import settings

    try:
        found = stored.proposals(settings.load(), district)
    except NotTaken as error:
        _fail(str(error))
    table = Table(box=None, pad_edge=False)
    for name in ("proposal", "record", "field", "should be", "reason", "answer"):
        table.add_column(name, overflow="fold")
    for one in found:
        record = f"{one['target_record_id']} r{one['target_revision']}"
        texts = (one["proposal"], record, one["field"], one["value"], one["reason"], one["answer"] or "open")
        table.add_row(*(escape(text) for text in texts))
    Console(highlight=False).print(table if found else "no proposals")


def answer(
    proposal_id: Annotated[str, typer.Argument(metavar="PROPOSAL", help="its id, from `crossbeat proposals`")],
    choice: Annotated[Choice, typer.Argument(help="accept publishes your next revision with the value")],
    note: Annotated[str | None, typer.Option(help="what the proposer should know")] = None,
) -> None:
    """Answer a proposal about a record of yours."""
    from connectors.proposals import answer as make
    from connectors.proposals import stored
    from connectors.records import NotTaken, owner_of, publish
    from streams import settings

    ours = settings.load()
    try:
        proposal = stored.record(ours, "proposal", proposal_id)
        kind, target = proposal["target_record_type"], proposal["target_record_id"]
        if choice is Choice.accept:
            made = make.revised(stored.record(ours, kind, target), proposal)
            where = publish(ours, kind, made)
            typer.echo(f"published {target} revision {made['revision']} at {where}")
        reply = make.acknowledged(proposal, owner_of(target), choice.value, note)
        typer.echo(f"answered {choice.value} at {publish(ours, 'acknowledgement', reply)}")
    except NotTaken as error:
        _fail(str(error))


def _fail(text: str) -> NoReturn:
    from rich.console import Console
    from rich.markup import escape

    Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(text)}[/red]")
    raise typer.Exit(1)
