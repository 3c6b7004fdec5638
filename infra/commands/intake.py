"""`crossbeat intake`: serve the HTTP intake of a district, and give and revoke its keys."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, NoReturn

import typer

if TYPE_CHECKING:
    from streams.settings import Settings

KINDS = ("online_report", "camera_event")
District = Annotated[str | None, typer.Option(help="the district; by default intake.district")]
intake = typer.Typer(help="The HTTP intake of a district: online reports and camera events.", no_args_is_help=True)
keys = typer.Typer(help="API keys of sites and devices.", no_args_is_help=True)
plates = typer.Typer(help="Plates become tokens by a secret key of the district.", no_args_is_help=True)
intake.add_typer(keys, name="key")
intake.add_typer(plates, name="plate")


def register(app: typer.Typer) -> None:
    """Add the commands."""
    app.add_typer(intake, name="intake")


@intake.command()
def serve(
    district: District = None,
    host: Annotated[str | None, typer.Option(help="address to listen on; another than loopback needs TLS")] = None,
    port: Annotated[int | None, typer.Option(min=0, max=65_535, help="0 takes a free one and logs it")] = None,
) -> None:
    """Take in until Ctrl-C."""
    import structlog

    from connectors.intake.serve import run
    from streams.registry import SchemaNotRegistered

    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    with _problems():
        try:
            run(_settings(district, host=host, port=port))
        except (SchemaNotRegistered, OSError) as error:
            _fail(str(error), error)


@keys.command("add")
def add(
    site: Annotated[str, typer.Argument(help="name of the site or device: a-z, 0-9 and -")],
    district: District = None,
    kind: Annotated[list[str] | None, typer.Option(help="online_report, camera_event or both, which is meant")] = None,
    release_to: Annotated[list[str] | None, typer.Option(help="who may see its records; nobody, if not given")] = None,
    purpose: Annotated[list[str] | None, typer.Option(help="what for")] = None,
    replace: Annotated[bool, typer.Option("--replace", help="older keys of the site are revoked")] = False,
) -> None:
    """Give a site a key and print it, once: only its hash is kept."""
    from connectors.intake import home, sites

    release = {"release_to": release_to, "release_purposes": purpose}
    fields = {name: value for name, value in release.items() if value}
    with _problems():
        path = home.folder(_settings(district)) / home.KEYS
        key = sites.add(path, site, kind or KINDS, fields, replace=replace)
    typer.echo(key)
    _say(f"this is the only time that it is shown; its hash is in {path}")


@keys.command("remove")
def remove(site: str, district: District = None) -> None:
    """Revoke all keys of a site; a running intake knows within a second or two."""
    from connectors.intake import home, sites

    with _problems():
        if not sites.remove(home.folder(_settings(district)) / home.KEYS, site):
            _fail(f"no site {site}: `crossbeat intake key list` shows them")
    _say(f"{site} may send no more")


@keys.command("list")
def show(district: District = None) -> None:
    """The sites, and what each may send."""
    from rich.console import Console
    from rich.table import Table

    from connectors.intake import home, sites

    with _problems():
        found = sites.load(home.folder(_settings(district)) / home.KEYS)
    table = Table("site", "keys", "may send", "released to", box=None)
    for name, site in found.items():
        released = ", ".join(site.fields.get("release_to", ())) or "nobody"
        table.add_row(name, str(len(site.hashes)), ", ".join(site.kinds), released)
    Console().print(table)


@plates.command("token")
def token(district: District = None) -> None:
    """Read plates from standard input, one a line, and print their tokens, for a look-out."""
    from connectors.intake import home
    from connectors.intake import plates as secret

    with _problems():
        secrets = secret.load(home.folder(_settings(district)) / home.SECRET)
    for number, line in enumerate(sys.stdin, 1):
        made = secrets.token(line.strip())
        if made is None:
            _fail(f"line {number} holds no plate: write its letters and digits, one plate a line")
        typer.echo(made)


@plates.command("rotate")
def rotate(district: District = None) -> None:
    """Use a new key from the next start of the intake on. Live look-outs need their tokens made anew."""
    from connectors.intake import home
    from connectors.intake import plates as secret

    with _problems():
        number = secret.rotate(home.folder(_settings(district)) / home.SECRET)
    _say(f"plate key {number} is used from the next start of the intake on: make the tokens of live look-outs anew")


def _settings(district: str | None, **options: object) -> Settings:
    from streams import settings

    found = settings.load()
    said = {"district": district, **options}
    changes = {name: value for name, value in said.items() if value is not None}
    return found.model_copy(update={"intake": found.intake.model_copy(update=changes)})


@contextmanager
def _problems() -> Iterator[None]:
    """Exit with the words of what the package raises."""
    from connectors.intake import IntakeError

    try:
        yield
    except IntakeError as error:
        _fail(str(error), error)


def _fail(words: str, cause: Exception | None = None) -> NoReturn:
    _say(words)
    raise typer.Exit(1) from cause


def _say(words: str) -> None:
    typer.echo(words, err=True)
