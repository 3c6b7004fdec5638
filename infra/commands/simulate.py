"""`crossbeat simulate`: write a simulated city with its ground truth."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

if TYPE_CHECKING:
    from rich.table import Table

    from connectors.simulate import World
    from infra.demo.map import Map


def simulate(
    out: Annotated[Path, typer.Option(help="folder to write to; an earlier city in it is replaced")],
    seed: Annotated[int, typer.Option(help="the same seed makes the same city, to the byte")] = 1,
    districts: Annotated[int, typer.Option(help="how many districts, 2 to 99")] = 6,
    days: Annotated[int, typer.Option(help="how many days, 7 or more")] = 28,
    start: Annotated[datetime, typer.Option(formats=["%Y-%m-%d"], help="the first day")] = datetime(2025, 1, 6),
    avro: Annotated[bool, typer.Option("--avro", help="Avro files in place of JSON lines")] = False,
    faults: Annotated[bool, typer.Option(help="late, repeated, bad records, failing feeds and clocks")] = True,
) -> None:
    """Write the records of a simulated city, its districts, and the truth that detection is measured against."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    from connectors.simulate import BadPlan, FolderInUse, Format, Plan, truth, write
    from connectors.simulate import simulate as make

    errors = Console(stderr=True)
    try:
        plan = Plan(seed, districts, days, start.date(), faults)
    except BadPlan as problem:
        errors.print(f"[red]{problem}")
        raise typer.Exit(1) from problem
    columns = (TextColumn("{task.description:>14}"), BarColumn(), TextColumn("{task.percentage:>3.0f}%"))
    form = Format.avro if avro else Format.jsonl
    try:
        with Progress(*columns, TimeElapsedColumn(), console=errors, transient=True) as bar:
            task = bar.add_task("start")
            world = make(plan, lambda name, done, of: bar.update(task, description=name, completed=done, total=of))
            write(world, out, form, lambda done, of: bar.update(task, description="writing", completed=done, total=of))
    except FolderInUse as problem:
        errors.print(f"[red]{problem}")
        raise typer.Exit(1) from problem
    console = Console()
    console.print(_map(world).render())
    console.print(_records(world))
    console.print(_truth(truth(world)))
    typer.echo(f"\nwrote {len(world.sent):,} records of {districts} districts and {days} days to {out}")
    typer.echo(f"the truth is in {out / 'truth.json'}; docs/simulate.md says what each part of it means")


def _map(world: World) -> Map:
    """Every district's incidents, in dim colours by turns; incidents of planted series over them."""
    from infra.demo.map import Map

    planted = {one for item in world.truth["series"] for one in item["records"]}
    points = [(float(lat), float(lon)) for lat, lon in zip(world.city.lat, world.city.lon, strict=True)]
    drawn = Map.around(points, columns=64)
    shades = ("blue", "green", "cyan", "magenta")
    incidents = [sent.record for sent in world.sent if sent.kind == "incident"]
    for number, name in enumerate(world.city.names):
        here = [(one["lat"], one["lon"]) for one in incidents if one["district"] == name]
        drawn.plot(here, shades[number % len(shades)])
    drawn.plot([(one["lat"], one["lon"]) for one in incidents if one["record_id"] in planted], "bold red")
    return drawn


def _records(world: World) -> Table:
    from rich.table import Table

    counts = Counter((sent.district, sent.kind) for sent in world.sent)
    kinds = sorted({kind for _, kind in counts})
    table = Table(title="records by district", title_justify="left", header_style="")
    table.add_column("district")
    for kind in kinds:
        table.add_column(kind.replace("_", " "), justify="right")
    for name in world.city.names:
        table.add_row(name, *(f"{counts[name, kind]:,}" for kind in kinds))
    return table


def _truth(found: dict[str, object]) -> Table:
    from rich.table import Table

    table = Table(title="in truth.json (series are red on the map)", title_justify="left", show_header=False)
    for name, items in sorted(found.items()):
        if isinstance(items, list) and name != "districts":
            table.add_row(name.replace("_", " "), f"{len(items):,}")
    return table


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command()(simulate)
