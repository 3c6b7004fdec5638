"""Figures of an evaluation against counts by hand; what stands of a replay."""

from __future__ import annotations

from typing import Any

import pytest

from infra.evaluate.detect import Raised
from infra.evaluate.gated import City
from infra.evaluate.page import figure_text, render
from infra.evaluate.score import Outcome, Truth, outcome
from infra.evaluate.summary import Figure, summarise
from infra.replay import replayable, standing

MINUTE = 60_000


def alert(identifier: str, *incidents: str, kind: str = "Alert", earlier: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "identifier": identifier,
        "incidents": list(incidents),
        "msg_type": kind,
        "references": list(earlier),
        "headline": f"headline of {identifier}",
        "recipient": "north",
    }


def city(seed: int, **truth: list[dict[str, Any]]) -> City:
    return City(seed, truth, districts=2, days=14, lines=[])


SERIES = [
    {"id": "series-1", "records": ["north:1", "south:1"], "known_from": 10 * MINUTE},
    {"id": "series-2", "records": ["north:2", "north:3"], "known_from": 10 * MINUTE, "skewed": ["north:2"]},
]
TRUTH = Truth(("series",), lambda item, one: set(item["records"]) <= set(one["incidents"]))
ARRIVALS = [at * MINUTE for at in (1, 10, 11, 12, 30)]


def judged(seed: int) -> Outcome:
    raised = [
        Raised(alert("a2", "north:1", "south:1", kind="Update", earlier=("a1",)), 12 * MINUTE, 3),
        Raised(alert("a1", "north:1"), 5 * MINUTE, 0),
        Raised(alert("b1", "north:2"), 30 * MINUTE, 4),
        Raised(alert("b2", "north:2", "north:3", kind="Cancel", earlier=("b1",)), 31 * MINUTE, 4),
    ]
    return outcome("tried", TRUTH, raised, ARRIVALS, city(seed, series=SERIES))


def test_an_alert_and_its_updates_are_one_and_a_cancel_finds_nothing() -> None:
    one = judged(1)
    assert (one.alerts, one.true, one.a_week) == (2, 1, 0.25)
    found, missed = one.items
    assert (found.found, found.across, found.minutes, found.events) == (True, True, 2.0, 2)
    assert (missed.found, missed.across) == (False, False)
    assert missed.why == "2 of its 2 records are in an alert; 1 of them have a wrong clock"
    assert one.false == ("headline of b1 (to north)",)


def test_cities_are_pooled_with_an_interval_over_them() -> None:
    perfect = Outcome(2, "tried", (judged(1).items[0],), alerts=1, true=1, weeks=4.0, false=())
    summary = summarise([judged(1), perfect])
    (row,) = summary.rows
    assert (row.planted, row.found, row.recall.value) == (3, 2, pytest.approx(2 / 3))
    assert row.recall.low == pytest.approx(0.5) and row.recall.high == pytest.approx(1.0)
    assert (row.recall_across.value, row.recall_within.value) == (1.0, 0.0)
    assert summary.precision.value == pytest.approx(2 / 3) and summary.false_a_week.value == pytest.approx(1 / 8)
    assert summarise([perfect]).rows[0].recall == Figure(1.0)


def test_the_page_says_where_and_why_it_fails_and_loads_nothing() -> None:
    page = render([summarise([judged(1)])], {"seeds": "1 & 2"})
    assert "series-2" in page and "wrong clock" in page and "headline of b1" in page and "1 &amp; 2" in page
    assert "<svg" in page and "http" not in page and "<script" not in page
    assert figure_text(Figure(0.931, 0.88, 0.971)) == "0.93 [0.88, 0.97]" and figure_text(Figure(None)) == "–"


def test_what_stands_is_neither_replaced_nor_cancelled() -> None:
    every = [
        alert("a1", "x"),
        alert("a2", "y", "x", kind="Update", earlier=("a1",)),
        alert("b1", "z"),
        alert("b2", "z", kind="Cancel", earlier=("b1",)),
        alert("c1", "w"),
    ]
    assert {key: one["identifier"] for key, one in standing(every).items()} == {
        ("north", ("x", "y")): "a2",
        ("north", ("w",)): "c1",
    }


def test_what_never_lands_cannot_be_replayed_and_says_so() -> None:
    assert replayable(["linked_alerts", "linked_incidents"]) == {}
    assert "vehicle_token" in replayable(["lookout_hit"])["lookout_hit"]
