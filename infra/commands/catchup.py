"""`crossbeat catchup`: pair the incidents that came too late for the running job."""

from __future__ import annotations

from typing import Annotated

import typer


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("catchup")(catchup)


def catchup(
    wait: Annotated[float, typer.Option(min=0, help="seconds to wait for the job to come as far as the stream")] = 60,
) -> None:
    """Pair what came too late, once. `crossbeat up` does so by itself; this does it now."""
    from confluent_kafka import KafkaException
    from rich.console import Console

    from jobs.patterns.linked_incidents.catchup import JobBehind, run
    from streams import settings

    ours = settings.load()
    problem = Console(stderr=True, highlight=False, soft_wrap=True)
    if not ours.kafka.bootstrap:
        problem.print("[red]no broker is known[/red]: start the stack with `crossbeat up`, or set kafka.bootstrap")
        raise typer.Exit(1)
    try:
        done = run(ours, wait)
    except JobBehind as error:
        problem.print(f"[red]not caught up[/red]: {error}")
        raise typer.Exit(1) from error
    except KafkaException as error:
        problem.print(f"[red]the broker did not answer as it should[/red]: {error.args[0].str()}")
        raise typer.Exit(1) from error
    if done.late == 0:
        Console(highlight=False).print("nothing was late since the last run")
        return
    Console(highlight=False).print(
        f"[bold]{done.late:,}[/bold] late incidents, {done.pairs:,} pairs touch them: "
        f"[bold]{done.written:,}[/bold] were missing and are links now ({done.seconds:.1f} s)"
    )
