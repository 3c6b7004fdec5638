"""`crossbeat evaluate linkage` and `evaluate near-repeat`: what a file of yours says, beside baselines and chance."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from infra.commands.evaluate import below


def register(_: typer.Typer) -> None:
    """Add the commands to those of `evaluate`."""
    below.command()(linkage)
    below.command("near-repeat")(near_repeat)


def linkage(
    crimes: Annotated[Path, typer.Option(help="CSV: crime_id, x_m, y_m, dt_from, dt_to, how it was done")],
    series: Annotated[Path, typer.Option(help="CSV: crime_id, series_id (empty: none known)")],
    model: Annotated[
        Path | None, typer.Option(help="score by this model, or `default`; without it, cross-validate between series")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print one JSON object")] = False,
) -> None:
    """Tell how well linked pairs of crimes are told from others, beside baselines."""
    import json

    from rich.console import Console

    from infra.linkage_tables import linkage_table
    from jobs.linkage.assess import NothingLinked
    from jobs.linkage.assess import evaluate as measured
    from jobs.linkage.crimes import NotCrimes, read
    from jobs.linkage.fit import TooFewSeries
    from jobs.linkage.model import SHIPPED, NotAModel, load

    try:
        chosen = SHIPPED if model is not None and str(model) == "default" else model
        report = measured(read(crimes, series), None if chosen is None else load(chosen))
    except (NotCrimes, NotAModel, TooFewSeries, NothingLinked) as error:
        Console(stderr=True).print(f"[red]{error}")
        raise typer.Exit(1) from error
    if as_json:
        typer.echo(json.dumps(report.plain()))
    else:
        how = "cross-validated between series" if chosen is None else f"by {chosen}"
        Console(highlight=False).print(linkage_table(report, how))


def near_repeat(
    file: Annotated[Path, typer.Option(help="CSV of x_m, y_m (or lat, lon), date, district; or incidents as .jsonl")],
    runs: Annotated[int, typer.Option(min=19, help="permutations of the times")] = 199,
    seed: Annotated[int, typer.Option(help="of the permutations")] = 0,
    metres: Annotated[float, typer.Option(min=1, help="reach of pairs across a border")] = 400.0,
    days: Annotated[float, typer.Option(min=1, help="reach of pairs across a border")] = 14.0,
) -> None:
    """Tell whether incidents bring others near them soon after, and which borders are hotter than chance."""
    from rich.console import Console

    from infra.linkage_tables import border_table, knox_table
    from jobs.linkage.events import NotEvents, read
    from jobs.linkage.knox import borders, knox

    console = Console(highlight=False)
    try:
        events = read(file)
    except NotEvents as error:
        Console(stderr=True).print(f"[red]{error}")
        raise typer.Exit(1) from error
    console.print(knox_table(knox(events, runs=runs, seed=seed), len(events)))
    if any(events.district):
        console.print(border_table(borders(events, metres, days, runs, seed), metres, days))
