"""`crossbeat pattern`: list the patterns, explain one, try one on records at hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NoReturn

import typer

if TYPE_CHECKING:
    from jobs.pattern import Pattern

NAME = typer.Argument(help="name of the pattern: `crossbeat pattern list`")


def register(app: typer.Typer) -> None:
    """Add the command and those below it."""
    below = typer.Typer(help="List the patterns, explain one, try one on records.", no_args_is_help=True)
    below.command("list")(show_all)
    below.command("explain")(explain)
    below.command("try")(attempt)
    app.add_typer(below, name="pattern")


def show_all() -> None:
    """Every pattern: what it finds, what it says, whom it tells."""
    from rich.console import Console
    from rich.table import Table

    from jobs import pattern

    table = Table(show_lines=True)
    for column in ("pattern", "finds", "alert", "tells"):
        table.add_column(column)
    for name in pattern.names():
        one = pattern.load(name)
        alert = f"{one.alert.event} ({one.alert.severity}, {one.alert.urgency})" if one.alert else "none"
        table.add_row(name, " ".join(one.finds.split()), alert, " ".join(one.recipients.split()))
    Console().print(table)


def explain(name: Annotated[str, NAME]) -> None:
    """One pattern whole: what it reads, its settings as they are now, its runbook, its cases."""
    from rich.console import Console
    from rich.markup import escape
    from rich.table import Table

    from jobs import pattern
    from streams import settings

    console = Console(highlight=False)
    one = _load(name)
    try:
        values, pairs = one.resolved(settings.load()), one.by_pair(settings.load())
    except pattern.PatternError as problem:
        _fail(str(problem))
    console.print(f"[bold]{escape(one.title)}[/] ({name})\n\n{escape(one.finds.strip())}\n")
    console.print(f"[bold]Tells[/] {escape(one.recipients.strip())}")
    if one.alert:
        said = one.alert
        console.print(f"[bold]Alert[/] {escape(said.event)}: {said.severity}, {said.urgency}, {said.certainty}")
    for title, tables in (("Reads", one.reads), ("Writes", one.writes)):
        console.print(f"[bold]{title}[/] {', '.join(dict.fromkeys(table.contract for table in tables.values()))}")
    table = Table(title="settings", title_justify="left")
    for column in ("setting", "now", "default", "allowed", "meaning"):
        table.add_column(column)
    for key, setting in one.settings.items():
        own = [f"{values[key]}", *(f"{a}~{b}: {given[key]}" for (a, b), given in pairs.items() if key in given)]
        table.add_row(key, "\n".join(own), str(setting.value), setting.allowed, setting.about)
    console.print(table)
    console.print(f"\n[bold]Runbook[/]\n{escape(one.runbook.strip())}\n")
    cases = sorted(file.parent.name for file in (pattern.ROOT / name / "cases").glob("*/given.jsonl"))
    console.print(f"[bold]Cases[/] {', '.join(cases) or 'none'}")


def attempt(
    name: Annotated[str, NAME],
    file: Annotated[Path, typer.Option(help="records as JSON lines, or the folder of a simulated city")],
    settings_: Annotated[
        list[str] | None, typer.Option("--set", help="a setting for this run, as metres=300; may be repeated")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="JSON lines in place of a table")] = False,
) -> None:
    """Run a pattern on records at hand, without a stack; nothing is sent to anybody.

    A line is {"type": "incident", "record": {…}} in the order of arrival, or {"clock": "2025-03-01T12:00:00Z"}.
    """
    from infra.evaluate.gated import written
    from jobs import compiler, jars, jvm
    from jobs.pattern import PatternError
    from jobs.trial import Trial, TrialFailed
    from jobs.trial_lines import read

    one = _load(name)
    given = dict(text.partition("=")[::2] for text in settings_ or [])
    try:
        lines: list[dict[str, Any]] = written(file) if file.is_dir() else read(file)
        kinds = {table.contract for table in one.reads.values()}
        mine = [line for line in lines if "clock" in line or line.get("type") in kinds] if file.is_dir() else lines
        with Trial([name]) as trial:
            rows = trial.run(name, mine, dict(given))
    except (OSError, PatternError, TrialFailed, compiler.CompileFailed, jars.JarMissing, jvm.JvmFailed) as problem:
        _fail(str(problem))
    if as_json:
        for table, row in rows:
            typer.echo(json.dumps({"table": table, "row": row}, ensure_ascii=False))
    else:
        _show(rows)


def _show(rows: list[tuple[str, dict[str, Any]]]) -> None:
    from rich.console import Console
    from rich.markup import escape

    console = Console(highlight=False)
    for table, row in rows:
        if table == "alert":
            console.print(f"[bold]{row['msg_type']}[/] to [cyan]{row['recipient']}[/]: {escape(row['headline'])}")
            console.print(f"  {escape(row['description'])}\n  {escape(', '.join(row['incidents']))}\n", style="dim")
        else:
            console.print(f"[bold]{table}[/] {escape(json.dumps(row, ensure_ascii=False))}")
    console.print(f"{len(rows)} rows")


def _load(name: str) -> Pattern:
    from jobs import pattern

    if name not in pattern.names():
        _fail(f"no pattern {name}: there are {', '.join(pattern.names())}")
    return pattern.load(name)


def _fail(text: str) -> NoReturn:
    from rich.console import Console

    Console(stderr=True, highlight=False).print(text, style="red", markup=False)
    raise typer.Exit(1)
