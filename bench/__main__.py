"""`make bench`: every figure, as a table and, with ``--json FILE``, as JSON.

``python -m bench [gate] [join] [loader] [latency] [--quick]``: each on a stack of its own. Ratios are against the
reference of the same run; absolute figures depend on the machine and on what else it does.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from bench import stacks

Result = dict[str, Any]


def gate(quick: bool) -> Result:
    """Records a second through the gate, topic to topic, exactly once."""
    from bench import gate as bench

    with stacks.stack() as (settings, _):
        return dict(bench.run(settings, 50_000 if quick else 300_000))


def join(quick: bool) -> Result:
    """Records a second through the join, beside plain Flink SQL on a slice."""
    from bench import join as bench

    with stacks.stack() as (settings, _):
        return dict(bench.run(settings, 250_000 if quick else 3_000_000))


def dense(quick: bool) -> Result:
    """The same join on a city ten times as dense."""
    from bench import join as bench

    with stacks.stack() as (settings, _):
        return dict(bench.run(settings, 250_000 if quick else 2_000_000, density=10))


def mixed(quick: bool) -> Result:
    """Records of all types a second through every pattern at once, exactly once."""
    from bench import mixed as bench

    with stacks.stack() as (settings, _):
        return bench.run(settings, 100_000 if quick else bench.RECORDS)


def growth(quick: bool) -> Result:
    """Cost of a record and size of the state, million by million, as the join runs on."""
    from bench import growth as bench

    with stacks.stack() as (settings, _):
        return bench.run(settings, 2 if quick else 20)


def loader(quick: bool) -> Result:
    """Rows a second from topic to table."""
    from bench import loader as bench

    with stacks.stack() as (settings, _):
        return dict(bench.run(settings, 100_000 if quick else 1_000_000))


def latency(quick: bool) -> Result:
    """Publish to alert at 1,000 records a second, the whole platform running, and its memory."""
    from bench import latency as bench

    return bench.run(seconds=15.0 if quick else 60.0)


def checker(quick: bool) -> Result:
    """Incidents a second held against their contract, on one core, no server."""
    from bench import checker as bench

    return bench.run(20_000 if quick else 100_000)


def intake(quick: bool) -> Result:
    """Reports a second through the HTTP intake on one core, each its own request, answered when Kafka has it."""
    from bench import intake as bench

    with stacks.stack() as (settings, _):
        return bench.run(settings, 5_000 if quick else 40_000)


def retraction(quick: bool) -> Result:
    """A retraction to the last Cancel received, at 1,000 records a second."""
    from bench import retraction as bench

    return bench.run(seconds=15.0 if quick else 60.0)


def guard(quick: bool) -> Result:
    """Milliseconds that the guard adds to what an analyst asks, straight and guarded by turns."""
    from bench import guard as bench

    return dict(bench.run(20 if quick else 100, 20_000 if quick else 200_000))


BENCHES: dict[str, Callable[[bool], Result]] = {
    "checker": checker,
    "gate": gate,
    "join": join,
    "dense": dense,
    "mixed": mixed,
    "growth": growth,
    "loader": loader,
    "latency": latency,
    "retraction": retraction,
    "intake": intake,
    "guard": guard,
}


def show(name: str, result: Result, console: Console) -> None:
    """One table a bench."""
    table = Table(title=f"{name}: {(BENCHES[name].__doc__ or '').strip()}", title_justify="left", show_header=False)
    table.add_column(style="dim")
    table.add_column(justify="right", overflow="fold")
    for key, value in result.items():
        if isinstance(value, dict):
            text = "\n".join(f"{inner} {number:,}" for inner, number in value.items())
        elif isinstance(value, list):
            text = " ".join(str(one) for one in value)
        else:
            text = f"{value:,}" if isinstance(value, int | float) else str(value)
        table.add_row(key, text)
    console.print(table)


def main() -> None:
    """Run the named benches, or all."""
    parser = argparse.ArgumentParser(prog="python -m bench", description=__doc__)
    parser.add_argument("names", nargs="*", choices=[[], *BENCHES], help="which; all if none is named")
    parser.add_argument("--quick", action="store_true", help="small sizes: to see that it works, not how fast")
    parser.add_argument("--json", type=Path, help="write the results to this file")
    arguments = parser.parse_args()
    console = Console()
    results: dict[str, Result] = {}
    for name in arguments.names or BENCHES:
        console.print(f"[dim]{name} …")
        results[name] = BENCHES[name](arguments.quick)
        show(name, results[name], console)
    if arguments.json:
        arguments.json.write_text(json.dumps(results, indent=2) + "\n")


if __name__ == "__main__":
    main()
