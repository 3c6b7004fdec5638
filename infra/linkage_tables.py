"""The figures of linkage and of near repeats as tables for a terminal."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from rich.table import Table

from jobs.linkage.assess import Figures, Report
from jobs.linkage.knox import DAYS, METRES, Border, Knox


def linkage_table(report: Report, how: str) -> Table:
    """The model's figures above those of the baselines."""
    table = Table(
        title=f"{report.linked:,} linked of {report.pairs:,} pairs; the model {how}", title_justify="left", box=None
    )
    for name in ("", "AUC", "true positives at 5% false", "precision at 50"):
        table.add_column(name, justify="left" if not name else "right")
    _row(table, "the model", report.figures)
    for name, found in report.baselines.items():
        _row(table, name.replace("_", " "), found)
    return table


def _row(table: Table, name: str, found: Figures) -> None:
    table.add_row(name, f"{found.auc:.3f}", f"{found.tpr_at_5_fpr:.3f}", f"{found.precision_at_50:.2f}")


def knox_table(found: Knox, incidents: int) -> Table:
    """Pairs seen, over those expected, with p; hot cells are red and bear a star."""
    table = Table(
        title=f"Pairs of {incidents:,} incidents: seen, over expected, p; * hotter than chance",
        title_justify="left",
        box=None,
    )
    table.add_column("metres")
    for begin, end in itertools.pairwise([*DAYS, None]):
        table.add_column(_band(begin, end) + " days", justify="right")
    for row, (begin, end) in enumerate(itertools.pairwise([*METRES, None])):
        cells = [
            f"{found.observed[row, column]:,} ({found.ratio[row, column]:.2f}, {found.p[row, column]:.3f})"
            for column in range(len(DAYS))
        ]
        marked = [f"[red]{cell} *" if found.hot[row, at] else f"{cell}  " for at, cell in enumerate(cells)]
        table.add_row("same place" if end == METRES[1] else _band(begin, end), *marked)
    return table


def _band(begin: float | None, end: float | None) -> str:
    return f"{begin:g} and more" if end is None else f"{begin:g} to under {end:g}"


def border_table(found: Sequence[Border], metres: float, days: float) -> Table:
    """Each border with its pairs, seen and expected; hot ones are red and bear a star."""
    table = Table(
        title=f"Pairs across each border, under {metres:g} m and {days:g} days; * hotter than chance",
        title_justify="left",
        box=None,
    )
    for name in ("border", "seen", "expected", "p"):
        table.add_column(name, justify="left" if name == "border" else "right")
    for border in found:
        name = " / ".join(border.districts)
        table.add_row(
            f"[red]{name} *" if border.hot else name,
            f"{border.observed:,}",
            f"{border.expected:,.1f}",
            f"{border.p:.3f}",
        )
    return table
