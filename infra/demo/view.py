"""The live view of the demo: stages, a map, the newest alerts. It only draws; `numbers` counts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text
from shapely.geometry.base import BaseGeometry

from infra.demo.map import Map, Point
from infra.demo.numbers import Numbers, Stage

BARS = "▁▂▃▄▅▆▇█"
SMALLEST_MAP = 16  # columns: below that, it says nothing
WIDE = 116  # columns from which the map stands beside the stages
STAGE_ROWS, ALERT_ROWS = 7, 8
SEVERITY = {"Extreme": "bold red", "Severe": "red", "Moderate": "yellow", "Minor": "cyan", "Unknown": "white"}


def sparkline(values: Sequence[float]) -> str:
    """One character a value, scaled to the greatest."""
    top = max(values, default=0.0)
    if top <= 0:
        return BARS[0] * len(values)
    return "".join(BARS[min(len(BARS) - 1, int(value / top * len(BARS)))] for value in values)


def stages(numbers: Numbers) -> Table:
    """Records, rate and backlog of each stage."""
    table = Table(box=None, pad_edge=False, expand=False, header_style="dim")
    table.add_column("stage", min_width=20)
    table.add_column("records", justify="right", min_width=9)
    table.add_column("per s", justify="right", min_width=8)
    table.add_column("behind", justify="right", min_width=7)
    table.add_column("last seconds", width=24, no_wrap=True)
    for name, stage in numbers.stages.items():
        behind = numbers.behind.get(name)
        table.add_row(
            stage.title,
            f"{stage.records:,}",
            f"{stage.rate:,.0f}" if stage.rate else "·",
            f"{behind:,}" if behind else "·",
            Text(sparkline(list(stage.rates)), style="green"),
        )
    table.add_row("rejected, with reason", f"{numbers.rejected:,}", "", "", "", style="dim")
    return table


def services(states: dict[str, str]) -> Text:
    """One dot a service: green when it is up, yellow while it starts, red when it failed."""
    colour = {"up": "green", "starting": "yellow", "failed": "red"}
    text = Text()
    for name, state in states.items():
        text.append("● ", colour.get(state, "yellow"))
        text.append(f"{name}  ", "dim")
    return text


def alerts_panel(alerts: Sequence[dict[str, Any]], total: int, room: int = 6) -> Panel:
    """The newest alerts, newest last. Their text comes from outside: it is never read as markup."""
    lines: list[RenderableType] = []
    for alert in list(alerts)[-room:]:
        when = str(alert.get("last_occurred_from", ""))[:10]
        line = Text(overflow="ellipsis", no_wrap=True)
        line.append("▲ ", SEVERITY.get(str(alert.get("severity")), "white"))
        line.append(f"{when}  ", "dim")
        line.append(str(alert.get("headline", "")))
        lines.append(line)
    if not lines:
        lines.append(Text("none yet: an alert needs three linked incidents on two sides of a border", "dim"))
    return Panel(Group(*lines), title=f"alerts across borders: {total:,}", title_align="left", border_style="yellow")


def area_map(
    background: Sequence[Point], alerts: Sequence[Point], newest: Sequence[Point], columns: int, rows: int
) -> Text:
    """Districts' borders dim, alerts so far yellow, the newest red; at most so many columns and rows."""
    if not background:
        return Text("the map comes with the districts", "dim")
    canvas = Map.around(background, columns)
    if canvas.rows > rows:
        canvas.columns = max(1, columns * rows // canvas.rows)
    if canvas.columns < SMALLEST_MAP:
        return Text("a larger window shows a map here", "dim")
    canvas.plot(background, "bright_black")
    canvas.plot(alerts, "yellow")
    canvas.plot(newest, "bold red")
    return canvas.render()


def screen(
    head: Text,
    states: dict[str, str],
    numbers: Numbers,
    alerts: Panel,
    places: Callable[[int, int], Text],
    step: str,
    size: tuple[int, int],
) -> Group:
    """The whole live view, for a terminal of ``size`` (columns, rows). ``places`` draws the map within a size."""
    columns, rows = size
    memory = f"   {numbers.peak_total_mb:,.0f} MB at most" if numbers.peak_total_mb else ""
    foot = Text.assemble((step, "cyan"), (memory, "dim"))
    top = [head, services(states), Text("")]
    if columns >= WIDE:
        beside = Table.grid(padding=(0, 3))
        beside.add_row(Group(stages(numbers), Text(""), foot), places(columns - WIDE + 30, rows - ALERT_ROWS - 6))
        return Group(*top, beside, alerts)
    left = rows - STAGE_ROWS - ALERT_ROWS - 7
    return Group(*top, stages(numbers), Text(""), alerts, places(columns - 4, left), foot)


def summary(result: dict[str, Any], stage_list: Sequence[Stage]) -> Table:
    """The table at the end: what went in, what came out, and whether it agrees."""
    table = Table(title="what happened", title_justify="left", title_style="bold", show_header=False, box=None)
    table.add_column(style="dim")
    table.add_column(justify="right")
    table.add_column()

    def agree(left: int, right: int) -> Text:
        return Text("✓ equal", "green") if left == right else Text("✗ differs", "bold red")

    accounted = result["landed"] + result["rejected"]
    table.add_row("records in", f"{result['records_in']:,}", Text())
    table.add_row("landed", f"{result['landed']:,}", Text())
    table.add_row("rejected, with reason", f"{result['rejected']:,}", Text())
    table.add_row("landed + rejected", f"{accounted:,}", agree(accounted, result["records_in"]))
    table.add_row("pairs across borders", f"{result['pairs']:,}", Text())
    table.add_row(
        "pairs by brute force", f"{result['pairs_brute_force']:,}", agree(result["pairs"], result["pairs_brute_force"])
    )
    table.add_row("alerts", f"{result['alerts']:,}", Text())
    first = result["seconds_to_first_alert"]
    table.add_row("first alert after", "none" if first is None else f"{first:.1f} s", Text())
    table.add_row("memory, all processes", f"{result['peak_rss_mb']:,.0f} MB", Text("at the peak", "dim"))
    for stage in stage_list:
        if stage.seconds:
            rate = f"{stage.records / stage.seconds:,.0f}/s"
            table.add_row(stage.title, rate, Text(f"{stage.records:,} in {stage.seconds:.1f} s", "dim"))
    return table


def outline(area: BaseGeometry) -> list[tuple[float, float]]:
    """The corners of an area's outer rings, longitude first as in GeoJSON."""
    polygons = getattr(area, "geoms", [area])
    return [(x, y) for polygon in polygons for x, y in polygon.exterior.coords]


def next_steps(data: Path) -> Panel:
    """Where to look next, while the stack still runs."""
    steps = Table(show_header=False, box=None)
    steps.add_column(style="bold cyan", no_wrap=True)
    steps.add_column(style="dim")
    steps.add_row('crossbeat query "SELECT * FROM pairs_by_border LIMIT 10"', "ask, as an analyst does")
    steps.add_row("crossbeat query --examples", "what there is to ask")
    steps.add_row("crossbeat alerts", "read every alert, with its evidence")
    steps.add_row("crossbeat status", "how the stack stands")
    steps.add_row(f"less {data / 'logs'}/gate.log", "what each part says")
    return Panel(
        steps,
        title="it is all still running: try, in a second terminal after `. .venv/bin/activate`",
        subtitle="Ctrl-C stops it",
        title_align="left",
    )
