"""`crossbeat replay`: a period computed anew, beside the alerts that were given."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer

SHOWN = 10
ARRIVAL = ("gated_at", "rejected_at", "counted_at", "recorded_at")
FORMATS = ["%Y-%m-%d", "%Y-%m-%dT%H:%M:%S", "%Y-%m-%dT%H:%M:%SZ"]


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("replay")(replay)


def replay(
    since: Annotated[datetime, typer.Option("--from", formats=FORMATS, help="start of the period, UTC")],
    to: Annotated[datetime, typer.Option("--to", formats=FORMATS, help="end of the period, UTC, not in it")],
    pattern: Annotated[list[str] | None, typer.Option(help="only this pattern; may be repeated")] = None,
    before: Annotated[int, typer.Option(min=0, help="days of records before it that are read too")] = 30,
    file: Annotated[Path | None, typer.Option(help="records as JSON lines, in place of those in ClickHouse")] = None,
) -> None:
    """Compute a period anew from the shared records, and show how that differs from the alerts that were given.

    With --file and no stack there is nothing to compare with: all comes of the replay alone.
    """
    from datetime import UTC

    from rich.console import Console

    from connectors.landed import StoreAway
    from infra.replay import Period, compare, from_store, given, replayable
    from jobs import compiler, jars, jvm
    from jobs import pattern as patterns
    from jobs.pattern import PatternError
    from jobs.trial import Trial, TrialFailed
    from streams import settings

    console, errors = Console(highlight=False, soft_wrap=True), Console(stderr=True, highlight=False, soft_wrap=True)
    configured = settings.load()
    period = Period(since.replace(tzinfo=UTC), to.replace(tzinfo=UTC), timedelta(days=before))
    try:
        loaded = [patterns.load(name) for name in pattern or patterns.names()]
        names = [one.name for one in loaded if one.alert is not None]
        if file is None:
            for name, why in replayable(names).items():
                errors.print(f"{name} is left out: {why}", style="yellow", markup=False)
                names.remove(name)
        lines = _arrivals(file) if file else from_store(configured, names, period)
        errors.print(f"{len(lines):,} records", style="dim")
        then: dict[str, list[dict[str, Any]]] = {}
        try:
            then = {name: given(configured, name, period) for name in names}
        except StoreAway as problem:
            if file is None:
                raise
            errors.print(f"no alerts to compare with: clickhouse gives no answer ({problem})", style="yellow")
        with Trial() as trial:
            for one in compare(trial, configured, names, lines, period, lambda name: then.get(name, [])):
                console.print(
                    f"[bold]{one.pattern}[/]: {one.same} alerts stand in both, {len(one.only_given)} were given alone, "
                    f"{len(one.only_replayed)} come of the replay alone"
                )
                for sign, alerts in (("-", one.only_given), ("+", one.only_replayed)):
                    _show(console, sign, alerts)
    except StoreAway as problem:
        text = f"clickhouse gives no answer ({problem}): start a stack with `crossbeat up --detach`, or name a --file"
        errors.print(text, style="red", markup=False)
        raise typer.Exit(1) from problem
    except (OSError, PatternError, TrialFailed, compiler.CompileFailed, jars.JarMissing, jvm.JvmFailed) as problem:
        errors.print(str(problem), style="red", markup=False)
        raise typer.Exit(1) from problem


def _arrivals(file: Path) -> list[dict[str, Any]]:
    """Lines of a file; one that does not say when it arrived came when it passed the gate, or with the one before.

    Those before the first that says it came with that one: time does not begin in 1970.
    """
    from jobs.trial_lines import milliseconds, read

    lines, at = read(file), None
    told = [next((said for said in _said(line) if said), None) for line in lines]
    first = next((said for said in told if said), 0)
    for line, said in zip(lines, told, strict=True):
        at = milliseconds(said or at or first)
        line["arrived_at"] = at
    return lines


def _said(line: dict[str, Any]) -> list[Any]:
    """What a line may say of when it arrived, the surest first."""
    record = line.get("record", {})
    return [line.get("arrived_at"), *(record.get(name) for name in ARRIVAL), line.get("clock")]


def _show(console: Any, sign: str, alerts: tuple[dict[str, Any], ...]) -> None:
    for alert in alerts[:SHOWN]:
        console.print(f"  {sign} to {alert['recipient']}: {alert['headline']}", markup=False)
    if len(alerts) > SHOWN:
        console.print(f"  {sign} and {len(alerts) - SHOWN} more")
