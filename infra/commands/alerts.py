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
        str | None, typer.Option(help="only what this district may see; it has its own place in the queue")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="one JSON object a line")] = False,
    everything: Annotated[bool, typer.Option("--all", help="from the first that is kept, shown before or not")] = False,
    group: Annotated[str | None, typer.Option(help="who reads: each group is given each alert once")] = None,
) -> None:
    """Show the alerts that were not shown yet, each once."""
    import logging

    from confluent_kafka import KafkaException
    from rich.console import Console

    from connectors.alerts import AlertsLost, listen
    from connectors.alerts.reader import GROUP
    from connectors.alerts.show import panel
    from streams import settings

    ours = settings.load()
    out, problem = Console(), Console(stderr=True, highlight=False, soft_wrap=True)
    if not ours.kafka.bootstrap:
        problem.print("[red]no broker is known[/red]: start the stack with `crossbeat up`, or set kafka.bootstrap")
        raise typer.Exit(1)
    logging.basicConfig(level=logging.ERROR)
    # A filter must not use up what another district has not seen, so each district is a group of its own.
    reader = group or (f"{GROUP}-{district}" if district else GROUP)
    shown = 0
    try:
        for alert in listen(ours, group=reader, everything=everything, to_end=not follow):
            if district and district not in alert.visible_to:
                continue
            shown += 1
            if as_json:
                typer.echo(alert.json())
            else:
                out.print(panel(alert))
    except KeyboardInterrupt:
        pass
    except AlertsLost as error:
        problem.print(f"[red]alerts broke off[/red]: {error}")
        raise typer.Exit(1) from error
    except KafkaException as error:
        problem.print(f"[red]the broker did not answer as it should[/red]: {error.args[0].str()}")
        raise typer.Exit(1) from error
    if shown == 0 and not as_json:
        problem.print("no alerts that were not shown before; `--all` shows them again, `--follow` waits for more")
