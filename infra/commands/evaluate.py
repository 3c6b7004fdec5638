"""`crossbeat evaluate`: how well the patterns find what simulated cities hold. Other measures are commands below it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from infra.evaluate.summary import Summary

below = typer.Typer(help="Measure the patterns against simulated cities, and linkage against solved series.")
"""Commands of other modules that measure something join this group."""


def register(app: typer.Typer) -> None:
    """Add the command, with what stands below it."""
    below.callback(invoke_without_command=True)(evaluate)
    app.add_typer(below, name="evaluate")


def evaluate(
    context: typer.Context,
    seeds: Annotated[int, typer.Option(min=1, help="how many cities: seeds 1 to this")] = 5,
    first: Annotated[int, typer.Option(help="the first seed")] = 1,
    districts: Annotated[int, typer.Option(help="districts of a city")] = 6,
    days: Annotated[int, typer.Option(help="days of a city")] = 28,
    pattern: Annotated[list[str] | None, typer.Option(help="only this pattern; may be repeated")] = None,
    json_file: Annotated[Path | None, typer.Option("--json", help="write the figures here")] = None,
    html: Annotated[Path | None, typer.Option(help="write a page with plots here")] = None,
) -> None:
    """Run every pattern over simulated cities, and say what of the truth it found, how soon, and what it made up."""
    if context.invoked_subcommand is not None:
        return
    from rich.console import Console

    from connectors.simulate import BadPlan, Plan
    from infra.evaluate.goals import goals
    from infra.evaluate.page import render
    from infra.evaluate.run import evaluate as run
    from jobs import compiler, jars, jvm
    from jobs.pattern import PatternError
    from jobs.trial import TrialFailed

    errors = Console(stderr=True, highlight=False)
    try:
        plans = [Plan(seed, districts, days) for seed in range(first, first + seeds)]
        summaries = run(plans, pattern, lambda text: errors.print(text, style="dim"))
    except (BadPlan, PatternError, TrialFailed, compiler.CompileFailed, jars.JarMissing, jvm.JvmFailed) as problem:
        errors.print(str(problem), style="red", markup=False)
        raise typer.Exit(1) from problem
    told = {"seeds": f"{first} to {first + seeds - 1}", "districts": str(districts), "days": str(days)}
    if json_file:
        figures = {
            **told,
            "goals": [asdict(one) for one in goals(summaries)],
            "patterns": [one.as_json() for one in summaries],
        }
        json_file.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    if html:
        html.write_text(render(summaries, told), encoding="utf-8")
    _show(summaries)


def _show(summaries: Sequence[Summary]) -> None:
    from rich.console import Console
    from rich.table import Table

    from infra.evaluate.goals import goals
    from infra.evaluate.page import figure_text

    table = Table()
    for column in (
        "pattern",
        "planted",
        "recall",
        "across",
        "within",
        "precision",
        "false a week",
        "minutes",
        "events",
    ):
        table.add_column(column, justify="left" if column == "pattern" else "right")
    for one in summaries:
        for place, row in enumerate(one.rows):
            figures = (row.recall, row.recall_across, row.recall_within)
            of_all = (one.precision, one.false_a_week) if place == 0 else ()
            table.add_row(
                f"  {row.kind}" if place else one.pattern,
                str(row.planted),
                *map(figure_text, figures),
                *(map(figure_text, of_all) if of_all else ("", "")),
                figure_text(row.minutes),
                figure_text(row.events),
            )
    Console().print(table)
    said = Console(highlight=False)
    for goal in goals(summaries):
        mark = "[green]held[/]" if goal.held else "[red]missed[/]"
        said.print(f"{mark} {goal.of}: {goal.figure} {figure_text(goal.measured)}, asked for {goal.text}")
