"""`crossbeat fit`: learn weights from solved cases; `linkage` fits the score of two crimes of one hand."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

fit = typer.Typer(help="Learn weights from solved cases.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(fit, name="fit")


@fit.command()
def linkage(
    crimes: Annotated[Path, typer.Option(help="CSV: crime_id, x_m, y_m, dt_from, dt_to, how it was done")],
    series: Annotated[Path, typer.Option(help="CSV: crime_id, series_id (empty: none known)")],
    out: Annotated[Path, typer.Option(help="the TOML to write; it is small: review it")],
    title: Annotated[str, typer.Option(help="what it is fitted on, for whoever reviews it")] = "",
) -> None:
    """Fit the score of a pair to crimes whose series are known."""
    from rich.console import Console

    from jobs.linkage import fit
    from jobs.linkage.crimes import NotCrimes, read

    try:
        model = fit.fit(read(crimes, series), title or f"{crimes.name} and {series.name}")
    except (NotCrimes, fit.TooFewSeries) as error:
        Console(stderr=True).print(f"[red]{error}")
        raise typer.Exit(1) from error
    model.save(out)
    counts = model.fitted
    typer.echo(
        f"fitted on {counts['linked_pairs']} linked of {counts['pairs']} pairs, {counts['series']} series: {out}\n"
        f"how well it does on series held out: crossbeat evaluate linkage --crimes {crimes} --series {series}"
    )
