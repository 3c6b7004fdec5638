"""`crossbeat district`: begin one, list those that take part, check their files."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.console import Console
    from shapely.geometry.base import BaseGeometry

FOLDER = typer.Option("--districts", help="folder with a folder for each district")
USUAL = Path("connectors/districts")
CIRCLE = "latitude, longitude and radius in km"


def register(app: typer.Typer) -> None:
    """Add the command and those below it."""
    below = typer.Typer(help="Begin a district, list those that take part, check their files.", no_args_is_help=True)
    below.command("add")(add)
    below.command("list")(show_all)
    below.command("check")(check)
    app.add_typer(below, name="district")


def add(
    name: Annotated[str, typer.Argument(help="2 to 31 of a-z, 0-9 and -, a letter first")],
    title: Annotated[str | None, typer.Option(help="its name for people")] = None,
    area: Annotated[Path | None, typer.Option(help="GeoJSON with its ground, one polygon or multipolygon")] = None,
    bbox: Annotated[str | None, typer.Option(help="its ground as WEST,SOUTH,EAST,NORTH in degrees")] = None,
    circle: Annotated[str | None, typer.Option(help="its ground as LAT,LON,KM")] = None,
    zone: Annotated[str | None, typer.Option(help="its clock, such as America/Toronto; UTC if left out")] = None,
    language: Annotated[list[str] | None, typer.Option(help="of its texts, such as en; may be repeated")] = None,
    group: Annotated[list[str] | None, typer.Option(help="a group that it is in; may be repeated")] = None,
    release_to: Annotated[
        list[str] | None, typer.Option(help='who may see its records: a district, "group:<name>", all; may be repeated')
    ] = None,
    folder: Annotated[Path, FOLDER] = USUAL,
) -> None:
    """Write the first files of a district: its file, its ground, a mapping and a sample to send at once.

    On a terminal it asks for what was not given.
    """
    from rich.console import Console
    from rich.markup import escape

    from connectors.mapping import MappingError
    from infra.districts import BadFiles, checks, scaffold
    from infra.districts.ground import BadGround
    from streams.districts import BadDistrict, check_name

    console = Console(highlight=False, soft_wrap=True)
    asks = sys.stdin.isatty()
    try:
        check_name(name)
        usual = name.replace("-", " ").title()
        wishes = scaffold.Wishes(
            name,
            title or (typer.prompt("its name for people", usual) if asks else usual),
            _ground(name, area, bbox, circle, asks),
            zone or (typer.prompt("its clock", "UTC") if asks else "UTC"),
            tuple(language or _split(asks, "languages of its texts", "en")),
            tuple(group or _split(asks, "groups that it is in (none: leave empty)", "")),
            tuple(release_to or _split(asks, "who may see its records (districts, group:<name>, all)", "all")),
        )
        written = scaffold.write(folder, wishes)
        checks.mappings(written)
    except (BadFiles, BadGround, BadDistrict, MappingError) as error:
        Console(stderr=True, highlight=False, soft_wrap=True).print(f"[red]{escape(str(error))}[/red]")
        raise typer.Exit(1) from None
    _next(console, written.folder, "" if folder == USUAL else f" --districts {folder}")


def show_all(
    as_json: Annotated[bool, typer.Option("--json", help="a list of objects instead of a table")] = False,
) -> None:
    """List the districts that take part."""
    import json

    from rich import box
    from rich.console import Console
    from rich.table import Table

    from streams import districts, settings

    joined = districts.load_all(settings.load().districts)
    if as_json:
        listed = [one.file.model_dump(mode="json") | {"number": one.number} for one in joined.values()]
        typer.echo(json.dumps(listed, ensure_ascii=False, indent=1))
        return
    table = Table(box=box.SIMPLE_HEAD, header_style="dim", pad_edge=False)
    for heading in ("no", "district", "title", "groups", "receives", "ground", "by"):
        table.add_column(heading)
    for one in joined.values():
        table.add_row(
            str(one.number),
            one.name,
            one.title,
            ", ".join(one.groups),
            ", ".join(one.receives),
            "yes" if one.area is not None else "[yellow]none[/]",
            "file" if one.managed else "mapping",
        )
    console = Console(highlight=False)
    console.print(table if joined else "no district takes part: `crossbeat district add NAME` begins one")


def check(
    name: Annotated[str | None, typer.Argument(help="one district; all of the folder if left out")] = None,
    folder: Annotated[Path, FOLDER] = USUAL,
) -> None:
    """Read the files of districts and their mappings, and name every mistake. Needs no server."""
    from rich.console import Console
    from rich.markup import escape

    from infra.districts import checks

    console = Console(highlight=False, soft_wrap=True)
    found = checks.folder(folder, name)
    for one, problems in found.items():
        console.print(f"[red]✗[/] {one}" if problems else f"[green]✓[/] {one}")
        for problem in problems:
            console.print(f"  {escape(problem)}")
    if not found:
        console.print(f"[red]no district {name or ''} in {folder}: `crossbeat district add NAME` begins one[/]")
    if not found or any(found.values()):
        raise typer.Exit(1)


def _ground(name: str, area: Path | None, bbox: str | None, circle: str | None, asks: bool) -> BaseGeometry:
    from infra.districts import ground
    from streams.district_area import read_area

    if sum(one is not None for one in (area, bbox, circle)) > 1:
        raise ground.BadGround("give one of --area, --bbox and --circle")
    if area is not None:
        return read_area(area, name)
    if bbox is not None:
        return ground.of_box(bbox)
    if circle is None and asks:
        circle = typer.prompt(f"its ground as a circle ({CIRCLE}: 43.66,-79.39,4), or end and give --area FILE")
    if circle is None:
        raise ground.BadGround(f"give its ground: --area FILE, --bbox WEST,SOUTH,EAST,NORTH or --circle ({CIRCLE})")
    return ground.of_circle(circle)


def _split(asks: bool, question: str, usual: str) -> list[str]:
    answer = typer.prompt(question, usual, show_default=bool(usual)) if asks else usual
    return [part for part in answer.replace(",", " ").split() if part]


def _next(console: Console, home: Path, option: str) -> None:
    from rich.markup import escape

    say: Callable[[str], None] = lambda line: console.print(escape(line))  # noqa: E731
    say(f"wrote {home}: district.toml, area.geojson, incidents.toml, incidents.csv")
    say("next, with `crossbeat up` running:")
    publish = f"crossbeat backfill {home / 'incidents.csv'} --mapping {home / 'incidents.toml'}"
    for words, command in (
        ("rehearse; nothing is sent", f"{publish} --dry-run"),
        ("let it join, and make its topics and accounts", f"crossbeat apply{option}"),
        ("share its first records", publish),
    ):
        say(f"  {command}")
        console.print(f"    [dim]{words}[/]")
