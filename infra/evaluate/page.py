"""The evaluation as one HTML page: tables, plots drawn as SVG in it, and what was missed and why. It loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape
from math import log10

from infra.evaluate.goals import goals, total_false
from infra.evaluate.score import Judged
from infra.evaluate.summary import Figure, Row, Summary

STYLE = """body{font:15px/1.45 system-ui,sans-serif;margin:2rem auto;max-width:70rem;padding:0 1rem;color:#1a1a1a}
table{border-collapse:collapse;margin:.6rem 0 1.4rem}
td,th{border-bottom:1px solid #ddd;padding:.25rem .7rem;text-align:left}
td.n{text-align:right;font-variant-numeric:tabular-nums}svg text{font:13px system-ui,sans-serif}
@media(prefers-color-scheme:dark){body{background:#161616;color:#e8e8e8}td,th{border-color:#444}
svg text{fill:#e8e8e8}}"""
HEADS = (
    "",
    "planted",
    "found",
    "recall",
    "across a border",
    "within a district",
    "minutes to alert",
    "events to alert",
)
WIDTH, LEFT, LINE = 880, 330, 26
BLUE, GREY = "#3572b0", "#9aa4ad"
DELAYS = ((1, "1 min"), (10, "10 min"), (60, "1 h"), (360, "6 h"), (1_440, "1 day"), (10_080, "1 week"), (40_320, ""))
"""Marks of the axis of delays, in minutes: logarithmic, and what is below a minute stands at the first."""


def render(summaries: Sequence[Summary], told: dict[str, str]) -> str:
    """The page; ``told`` says of the run what its head should (seeds, districts, days)."""
    head = "".join(f"<li>{escape(name)}: {escape(text)}" for name, text in told.items())
    rows = [(_name(one, row), row) for one in summaries for row in one.rows]
    body = [
        f"<h1>What the patterns find</h1><ul>{head}</ul>",
        "<p>Recall is over planted things, precision over alerts (an alert with its updates is one, and each"
        " recipient has its own). A delay counts from the moment at which enough records had arrived for the thing"
        " to be known. Brackets are 95% intervals over cities, by the bootstrap. A city's time ends with its last day:"
        " what could not be known by then is not counted.</p>",
        "<h2>Against the goals</h2>",
        _goals(summaries),
        "<h2>Recall</h2>",
        _bars([(name, row.recall) for name, row in rows], 1.0),
        "<h2>Precision</h2>",
        _bars([(one.pattern, one.precision) for one in summaries], 1.0),
        "<h2>False alerts a district-week</h2>",
        _bars([(one.pattern, one.false_a_week) for one in summaries], None),
        _total(summaries),
        "<h2>Delay of each that was found</h2>",
        _dots([(name, row.delays) for name, row in rows if row.delays]),
        "<h2>Figures</h2>",
        _table(rows),
        *(part for one in summaries for part in _failures(one)),
    ]
    opening = f'<!doctype html><meta charset="utf-8"><title>Crossbeat: evaluation</title><style>{STYLE}</style>'
    return f"{opening}{''.join(body)}\n"


def _total(summaries: Sequence[Summary]) -> str:
    return f"<p>In all {total_false(summaries):.2f} false alerts a district-week.</p>"


def _goals(summaries: Sequence[Summary]) -> str:
    lines = "".join(
        f'<tr><td>{escape(one.of)}<td>{one.figure}<td class="n">{one.text}<td class="n">{figure_text(one.measured)}'
        f"<td>{'held' if one.held else '<b>missed</b>'}"
        for one in goals(summaries)
    )
    return f"<table><tr><th>of<th>figure<th>goal<th>measured<th>{lines}</table>"


def _name(one: Summary, row: Row) -> str:
    """The pattern, and where several kinds were planted for it, the kind."""
    return f"{row.pattern}: {row.kind.replace('_', ' ')}" if row.kind and len(one.rows) > 1 else row.pattern


def _bars(values: Sequence[tuple[str, Figure]], most: float | None) -> str:
    """Horizontal bars with their intervals."""
    known = [each for _, figure in values for each in (figure.value, figure.high) if each is not None]
    scale = (WIDTH - LEFT - 70) / (most or max([*known, 0.1]))
    parts = []
    for place, (name, figure) in enumerate(values):
        y = place * LINE
        parts.append(f'<text x="0" y="{y + 17}">{escape(name)}</text>')
        if figure.value is None:
            continue
        width = figure.value * scale
        parts.append(f'<rect x="{LEFT}" y="{y + 5}" width="{width:.1f}" height="16" fill="{BLUE}"/>')
        end = width
        if figure.low is not None and figure.high is not None:
            end = max(width, figure.high * scale)
            low, high = LEFT + figure.low * scale, LEFT + figure.high * scale
            parts.append(f'<path d="M{low:.1f} {y + 13}H{high:.1f}" stroke="{GREY}" stroke-width="3"/>')
        parts.append(f'<text x="{LEFT + end + 6:.1f}" y="{y + 17}">{figure.value:.2f}</text>')
    height = LINE * len(values) + 4
    return f'<svg role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">{"".join(parts)}</svg>'


def _dots(values: Sequence[tuple[str, Sequence[float]]]) -> str:
    """A dot for each delay, on a logarithmic axis of minutes."""
    last = log10(DELAYS[-1][0])

    def x(minutes: float) -> float:
        return LEFT + (WIDTH - LEFT - 20) * min(log10(max(minutes, 1.0)) / last, 1.0)

    bottom = LINE * len(values)
    parts = [
        f'<path d="M{x(at):.1f} 0V{bottom}" stroke="{GREY}" stroke-opacity=".4"/>'
        f'<text x="{x(at):.1f}" y="{bottom + 16}" text-anchor="middle">{text}</text>'
        for at, text in DELAYS
    ]
    for place, (name, delays) in enumerate(values):
        y = place * LINE
        parts.append(f'<text x="0" y="{y + 17}">{escape(name)}</text>')
        parts += [
            f'<circle cx="{x(each):.1f}" cy="{y + 13}" r="4" fill="{BLUE}" fill-opacity=".35"/>' for each in delays
        ]
    height = bottom + 24
    return f'<svg role="img" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">{"".join(parts)}</svg>'


def _table(rows: Sequence[tuple[str, Row]]) -> str:
    lines = []
    columns: tuple[Callable[[Row], Figure], ...] = (
        lambda row: row.recall,
        lambda row: row.recall_across,
        lambda row: row.recall_within,
        lambda row: row.minutes,
        lambda row: row.events,
    )
    for name, row in rows:
        cells = [str(row.planted), str(row.found), *(figure_text(column(row)) for column in columns)]
        lines.append(f"<tr><td>{escape(name)}" + "".join(f'<td class="n">{cell}' for cell in cells))
    return f"<table><tr>{''.join(f'<th>{head}' for head in HEADS)}{''.join(lines)}</table>"


def figure_text(figure: Figure) -> str:
    """A figure in a few characters: ``0.93 [0.88, 0.97]``."""
    if figure.value is None:
        return "–"
    digits = 0 if figure.value >= 100 else 2
    text = f"{figure.value:.{digits}f}"
    return text if figure.low is None else f"{text} [{figure.low:.{digits}f}, {figure.high:.{digits}f}]"


def _failures(one: Summary) -> Iterator[str]:
    """What a pattern missed and what it raised for nothing."""
    left_out = []
    if one.notices:
        left_out.append(f"{one.notices} notices that claim nothing are not counted as alerts")
    if one.too_late:
        left_out.append(f"{one.too_late} planted could not be known before the end of their city")
    if not one.missed and not one.false and not left_out:
        return
    yield f"<h2>Where {escape(one.pattern)} fails</h2>"
    if left_out:
        yield f"<p>Left out: {'; '.join(left_out)}.</p>"
    if one.missed:
        lines = "".join(f"<tr>{_cells(item)}" for item in one.missed)
        yield f"<table><tr><th>seed<th>missed<th>border<th>why{lines}</table>"
    if one.false:
        lines = "".join(f"<li>{escape(text)}" for text in one.false)
        every = round(one.alerts * (1 - (one.precision.value or 0.0)))
        yield f"<p>Raised for what nobody planted, {len(one.false)} of {every}:</p><ul>{lines}</ul>"


def _cells(item: Judged) -> str:
    border = "across" if item.across else "within"
    return f"<td>{item.seed}<td>{escape(item.item)}<td>{border}<td>{escape(item.why)}"
