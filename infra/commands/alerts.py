"""`crossbeat alerts`: read the alerts, as they come or up to now."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("alerts")(alerts)


def alerts(
    follow: Annotated[bool, typer.Option("--follow", "-f", help="wait for more until Ctrl-C")] = False,
    district: Annotated[
        str | None, typer.Option(help="what was delivered to this district, read as the district itself")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    everything: Annotated[bool, typer.Option("--all", help="from the first that is kept, shown before or not")] = False,
    group: Annotated[str | None, typer.Option(help="who reads: each group is given each alert once")] = None,
) -> None:
    """Show the alerts that were not shown yet, each once: of the whole platform, or of one district."""
    import logging

    from confluent_kafka import KafkaException
    from rich.console import Console
    from rich.markup import escape

    from connectors.alerts import AlertsLost, listen, own
    from connectors.alerts.own import BadGroup, group_of
    from connectors.alerts.reader import GROUP
    from connectors.alerts.show import panel
    from connectors.delivered import NothingDelivered
    from infra.local.credentials import as_district
    from streams import settings
    from streams.districts import BadDistrict

    ours = settings.load()
    out, problem = Console(), Console(stderr=True, highlight=False, soft_wrap=True)
    if not ours.kafka.bootstrap:
        problem.print("[red]no broker is known[/red]: start the stack with `crossbeat up`, or set kafka.bootstrap")
        raise typer.Exit(1)
    logging.basicConfig(level=logging.ERROR)

    def unreadable(place: str, why: str) -> None:
        problem.print(f"[yellow]no alert[/yellow] at {place}, it is passed over: {escape(why)}")

    shown = 0
    try:
        if district:
            found = own(
                as_district(ours, district),
                district,
                group=group_of(district, group),
                everything=everything,
                to_end=not follow,
                unreadable=unreadable,
            )
        else:
            found = listen(ours, group=group or GROUP, everything=everything, to_end=not follow)
        for alert in found:
            shown += 1
            if as_json:
                typer.echo(alert.json())
            else:
                out.print(panel(alert))
    except KeyboardInterrupt:
        pass
    except (NothingDelivered, BadGroup, BadDistrict) as error:
        problem.print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from error
    except AlertsLost as error:
        problem.print(f"[red]alerts broke off[/red]: {error}")
        raise typer.Exit(1) from error
    except KafkaException as error:
        problem.print(f"[red]the broker did not answer as it should[/red]: {error.args[0].str()}")
        raise typer.Exit(1) from error
    if shown == 0 and not as_json:
        problem.print("no alerts that were not shown before; `--all` shows them again, `--follow` waits for more")
