"""What the patterns are to reach on simulated cities, and whether they do: by the figure itself, not its interval."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from infra.evaluate.summary import Figure, Summary

RECALL = {
    "lookout_hit": 1.0,
    "overdue_rectification": 1.0,
    "corroboration": 0.9,
    "report_campaign": 0.9,
    "coverage_gap": 0.9,
    "feed_health": 0.9,
    "linked_series": 0.8,
    "border_cluster": 0.8,
}
PRECISION = {"linked_series": 0.7, "border_cluster": 0.7}
FALSE_A_WEEK = 2.0
"""Of all patterns together, a district and week."""


@dataclass(frozen=True)
class Goal:
    """One goal: of what, which figure, what was asked for and what was measured."""

    of: str
    figure: str
    asked: float
    measured: Figure
    held: bool

    @property
    def text(self) -> str:
        """What was asked for, in words."""
        return f"at {'most' if self.figure == FALSE else 'least'} {self.asked:g}"


FALSE = "false alerts a district-week"


def total_false(summaries: Sequence[Summary]) -> float:
    """False alerts a district-week of all patterns together."""
    return sum(one.false_a_week.value or 0.0 for one in summaries)


def goals(summaries: Sequence[Summary]) -> Iterator[Goal]:
    """Those of the patterns that were measured, and that of all of them."""
    for one in summaries:
        for figure, asked, measured in (
            ("recall", RECALL.get(one.pattern), one.rows[0].recall if one.rows else Figure(None)),
            ("precision", PRECISION.get(one.pattern), one.precision),
        ):
            if asked is not None and measured.value is not None:
                yield Goal(one.pattern, figure, asked, measured, measured.value >= asked)
    total = total_false(summaries)
    yield Goal("all together", FALSE, FALSE_A_WEEK, Figure(total), total <= FALSE_A_WEEK)
