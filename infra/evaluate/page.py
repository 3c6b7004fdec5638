"""The evaluation as one HTML page: tables, plots drawn as SVG in it, and what was missed and why. It loads nothing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from html import escape

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
WIDTH, LEFT, LINE = 760, 230, 26
BLUE, GREY = "#3572b0", "#9aa4ad"


def render(summaries: Sequence[Summary], told: dict[str, str]) -> str:
    """The page; ``told`` says of the run what its head should (seeds, districts, days)."""
    head = "".join(f"<li>{escape(name)}: {escape(text)}" for name, text in told.items())
    rows = [row for one in summaries for row in one.rows]
    body = [
        f"<h1>What the patterns find</h1><ul>{head}</ul>",
        "<p>Recall is over planted things, precision over alerts (an alert with its updates is one, and each"
        " recipient has its own). A delay counts from the moment at which enough records had arrived for the thing"
        " to be known. Brackets are 95% intervals over cities, by the bootstrap.</p>",
        "<h2>Recall</h2>",
        _bars([(_name(row), row.recall) for row in rows], 1.0),
        "<h2>Precision</h2>",
        _bars([(one.pattern, one.precision) for one in summaries], 1.0),
        "<h2>False alerts a district-week</h2>",
        _bars([(one.pattern, one.false_a_week) for one in summaries], None),
        _total(summaries),
        "<h2>Figures</h2>",
        _table(rows),
        *(part for one in summaries for part in _failures(one)),
    ]
    opening = f'<!doctype html><meta charset="utf-8"><title>Crossbeat: evaluation</title><style>{STYLE}</style>'
    return f"{opening}{''.join(body)}\n"


def _total(summaries: Sequence[Summary]) -> str:
    total = sum(one.false_a_week.value or 0.0 for one in summaries)
    return f"<p>In all {total:.2f} false alerts a district-week.</p>"


def _name(row: Row) -> str:
    return f"{row.pattern}: {row.kind.replace('_', ' ')}" if row.kind else row.pattern


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


def _table(rows: Sequence[Row]) -> str:
    lines = []
    columns: tuple[Callable[[Row], Figure], ...] = (
        lambda row: row.recall,
        lambda row: row.recall_across,
        lambda row: row.recall_within,
        lambda row: row.minutes,
        lambda row: row.events,
    )
    for row in rows:
        cells = [str(row.planted), str(row.found), *(figure_text(column(row)) for column in columns)]
        lines.append(f"<tr><td>{escape(_name(row))}" + "".join(f'<td class="n">{cell}' for cell in cells))
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
    if not one.missed and not one.false:
        return
    yield f"<h2>Where {escape(one.pattern)} fails</h2>"
    if one.missed:
        lines = "".join(f"<tr>{_cells(item)}" for item in one.missed)
        yield f"<table><tr><th>seed<th>missed<th>border<th>why{lines}</table>"
    if one.false:
        lines = "".join(f"<li>{escape(text)}" for text in one.false)
        yield f"<p>Raised for what nobody planted, among others:</p><ul>{lines}</ul>"


def _cells(item: Judged) -> str:
    border = "across" if item.across else "within"
    return f"<td>{item.seed}<td>{escape(item.item)}<td>{border}<td>{escape(item.why)}"
