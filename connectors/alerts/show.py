"""An alert for a person at a terminal. Its texts come from others: nothing in them may steer the terminal."""

from __future__ import annotations

import unicodedata
from datetime import UTC, datetime
from typing import Final

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from connectors.alerts.alert import Alert

COLOURS: Final = {"Extreme": "red", "Severe": "dark_orange", "Moderate": "yellow", "Minor": "cyan", "Unknown": "white"}
SCORE_CELLS: Final = 20
# Control, format (direction marks among them), surrogate, private use, not assigned; line and paragraph separators.
UNPRINTABLE: Final = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})


def clean(text: str) -> str:
    """The text without characters that a terminal acts on: a space for white ones, the replacement mark for others."""
    return "".join(
        c if unicodedata.category(c) not in UNPRINTABLE else " " if c.isspace() else "\N{REPLACEMENT CHARACTER}"
        for c in text
    )


def panel(alert: Alert, now: datetime | None = None) -> Panel:
    """The alert in a frame of its severity's colour."""
    colour = COLOURS.get(alert.severity, COLOURS["Unknown"])
    expired = alert.expires <= (now or datetime.now(UTC))
    return Panel(
        Group(
            _text(alert.headline, f"bold {colour}"), Text(), _text(alert.description), Text(), _facts(alert, expired)
        ),
        title=_text(f"{alert.severity} · {alert.event}", f"bold {colour}"),
        title_align="left",
        subtitle=_text(alert.identifier, "dim"),
        subtitle_align="right",
        border_style="dim" if expired else colour,
        padding=(1, 2),
    )


def _facts(alert: Alert, expired: bool) -> RenderableType:
    facts = Table.grid(padding=(0, 2))
    facts.add_column(style="dim", no_wrap=True)
    facts.add_column()
    facts.add_row("districts", _text(" ⟷ ".join(alert.districts), "bold"))
    facts.add_row("place", _text(f"{alert.lat:.5f}, {alert.lon:.5f}, all within {alert.radius_m:.0f} m of it"))
    # RFC 5870: a map on the reader's machine opens it; no address of a map service is ours to send a place to.
    facts.add_row("", _text(f"geo:{alert.lat:.5f},{alert.lon:.5f};u={alert.radius_m:.0f}", "dim"))
    facts.add_row("time", _text(f"{_time(alert.first_occurred_from)} to {_time(alert.last_occurred_from)} UTC"))
    facts.add_row("score", _score(alert.score))
    facts.add_row("evidence", _text("  ".join(alert.incidents)))
    facts.add_row("seen by", _text(", ".join(alert.visible_to), "dim"))
    until = f"{_time(alert.expires)} UTC" + (" (over: a replay of the past)" if expired else "")
    facts.add_row("act until", _text(f"{until} · {alert.urgency}, {alert.certainty}", "dim" if expired else ""))
    return facts


def _score(score: float) -> Text:
    filled = round(max(0.0, min(100.0, score)) / 100 * SCORE_CELLS)
    bar = Text("━" * filled, "green")
    return bar.append("━" * (SCORE_CELLS - filled), "dim").append(f" {score:.0f} of 100")


def _time(time: datetime) -> str:
    return f"{time.astimezone(UTC):%a %d %b %Y %H:%M}"


def _text(text: str, style: str = "") -> Text:
    """Never markup: a bracket in a text is a bracket."""
    return Text(clean(text), style)
