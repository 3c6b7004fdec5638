"""All cities together: each figure pooled, with its spread over seeds by the bootstrap (whole cities drawn anew)."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from infra.evaluate.score import Judged, Outcome

DRAWS = 2_000
SHOWN_FALSE = 20


@dataclass(frozen=True)
class Figure:
    """A figure with its 95% interval: none with one city; no value either where nothing was planted."""

    value: float | None
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Row:
    """One pattern, or one kind of planted thing of it."""

    pattern: str
    kind: str
    planted: int
    found: int
    recall: Figure
    recall_across: Figure
    recall_within: Figure
    minutes: Figure
    events: Figure
    delays: tuple[float, ...] = ()
    """Minutes from when it could be known, of each that was found, in order."""


@dataclass(frozen=True)
class Summary:
    """One pattern over all cities."""

    pattern: str
    rows: tuple[Row, ...]
    alerts: int
    precision: Figure
    false_a_week: Figure
    missed: tuple[Judged, ...]
    false: tuple[str, ...]
    """The first of them; ``alerts`` and ``precision`` tell how many there are."""
    notices: int = 0
    too_late: int = 0

    def as_json(self) -> dict[str, Any]:
        """It as JSON takes it."""
        return asdict(self)


def summarise(outcomes: Sequence[Outcome]) -> Summary:
    """All outcomes of one pattern, one a city."""
    name = outcomes[0].pattern
    kinds = dict.fromkeys(item.kind for one in outcomes for item in one.items)
    rows = [_row(name, kind, outcomes) for kind in kinds]
    if len(kinds) > 1:
        rows.insert(0, _row(name, "", outcomes))
    return Summary(
        name,
        tuple(rows),
        sum(one.alerts for one in outcomes),
        _figure(outcomes, lambda some: _ratio(sum(one.true for one in some), sum(one.alerts for one in some))),
        _figure(
            outcomes, lambda some: _ratio(sum(one.alerts - one.true for one in some), sum(one.weeks for one in some))
        ),
        tuple(item for one in outcomes for item in one.items if not item.found),
        tuple(text for one in outcomes for text in one.false)[:SHOWN_FALSE],
        sum(one.notices for one in outcomes),
        sum(one.too_late for one in outcomes),
    )


def _row(name: str, kind: str, outcomes: Sequence[Outcome]) -> Row:
    def items(some: Sequence[Outcome], across: bool | None = None) -> list[Judged]:
        every = [item for one in some for item in one.items if kind in ("", item.kind)]
        return [item for item in every if across is None or item.across == across]

    def recall(across: bool | None) -> Figure:
        return _figure(
            outcomes, lambda some: _ratio(sum(i.found for i in items(some, across)), len(items(some, across)))
        )

    def median(values: Callable[[Judged], float | None]) -> Figure:
        return _figure(outcomes, lambda some: _median([values(item) for item in items(some)]))

    mine = items(outcomes)
    return Row(
        name,
        kind,
        len(mine),
        sum(item.found for item in mine),
        recall(None),
        recall(True),
        recall(False),
        median(lambda item: item.minutes),
        median(lambda item: item.events),
        tuple(sorted(item.minutes for item in mine if item.minutes is not None)),
    )


def _figure(outcomes: Sequence[Outcome], measure: Callable[[Sequence[Outcome]], float | None]) -> Figure:
    value = measure(outcomes)
    if value is None or len(outcomes) < 2:
        return Figure(value)
    random = np.random.default_rng(0)
    drawn = [
        measure([outcomes[index] for index in random.integers(0, len(outcomes), len(outcomes))]) for _ in range(DRAWS)
    ]
    known = [each for each in drawn if each is not None]
    low, high = np.percentile(known, [2.5, 97.5])
    return Figure(value, float(low), float(high))


def _ratio(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def _median(values: Sequence[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.median(known)) if known else None
