"""`crossbeat received`: what a district receives, read as the district."""

from __future__ import annotations

import json
from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("received")(received)


def received(
    district: Annotated[str, typer.Argument(help="whose topics; its credentials are read from the data folder")],
    follow: Annotated[bool, typer.Option("--follow", "-f", help="wait for more until Ctrl-C")] = False,
    kind: Annotated[list[str] | None, typer.Option(help="only this record type; may be given again")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one object a line, the record in it")] = False,
) -> None:
    """Show what was delivered to a district: records, links, alerts, and what was taken back from it."""
    from confluent_kafka import KafkaException
    from rich.console import Console
    from rich.markup import escape

    from connectors.alerts.show import clean
    from connectors.delivered import Delivered, NothingDelivered
    from infra.local.credentials import as_district
    from streams import settings

    ours = as_district(settings.load(), district)
    out, problem = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
    try:
        reader = Delivered(ours, district, kinds=kind)
    except NothingDelivered as error:
        problem.print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None
    try:
        while True:
            arrivals = reader.take(1.0)
            for one in arrivals:
                if as_json:
                    line = {"kind": one.kind, "key": one.key, "record": one.record, "defect": one.defect or None}
                    typer.echo(json.dumps(line, ensure_ascii=False, default=str))
                    continue
                words = one.defect or ("taken back" if one.record is None else _words(one.record))
                out.print(f"[cyan]{one.kind:<16}[/cyan] {escape(clean(one.key))}  {escape(clean(words))}")
            if not arrivals and not follow:
                return
    except KafkaException as error:
        problem.print(f"[red]{escape(error.args[0].str())}[/red]: are these the credentials of {escape(district)}?")
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        return
    finally:
        reader.close()


def _words(record: dict[str, object]) -> str:
    """The few fields that say what it is."""
    names = ("headline", "msg_type", "offence", "kind", "outcome", "observation", "district", "metres", "revision")
    return "  ".join(f"{name}={record[name]}" for name in names if record.get(name) not in (None, ""))
