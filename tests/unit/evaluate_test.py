"""Figures of an evaluation against counts by hand; what stands of a replay."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from infra.commands.replay import _arrivals
from infra.evaluate.detect import TICK_MS, Raised, _ticking
from infra.evaluate.gated import City
from infra.evaluate.goals import FALSE, goals
from infra.evaluate.page import figure_text, render
from infra.evaluate.score import Outcome, Truth, outcome
from infra.evaluate.summary import Figure, summarise
from infra.replay import replayable, standing
from jobs import pattern

MINUTE = 60_000


def alert(identifier: str, *incidents: str, kind: str = "Alert", earlier: tuple[str, ...] = ()) -> dict[str, Any]:
    return {
        "event": "an event",
        "identifier": identifier,
        "incidents": list(incidents),
        "msg_type": kind,
        "references": list(earlier),
        "headline": f"headline of {identifier}",
        "recipient": "north",
    }


def city(seed: int, **truth: list[dict[str, Any]]) -> City:
    lines = [
        {"type": "incident", "record": {"record_id": name}} for name in ("north:1", "south:1", "north:2", "north:4")
    ]
    return City(seed, {"end_ms": 60 * MINUTE, **truth}, districts=2, days=14, lines=lines)


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
    assert missed.why == (
        "2 of its 2 records are in an alert; 1 of them did not pass the gate before the end of the city; "
        "1 of them have a wrong clock"
    )
    assert one.false == ("seed 1: headline of b1 (to north); of its evidence 1 of 1 of series-2",)


def test_a_notice_is_no_alert_and_what_could_not_be_known_by_the_end_is_not_judged() -> None:
    late = SERIES[1] | {"known_from": 60 * MINUTE}
    muted = Raised(alert("n1", "north:4") | {"event": "muted"}, 20 * MINUTE, 4)
    told = [muted, Raised(alert("f1", "north:4"), 21 * MINUTE, 4)]
    one = outcome("tried", TRUTH, told, ARRIVALS, city(1, series=[SERIES[0], late]))
    assert (one.alerts, one.notices, one.too_late, len(one.items)) == (2, 0, 1, 1)
    quiet = Truth(TRUTH.kinds, TRUTH.matches, lambda one: bool(one["event"] == "muted"))
    one = outcome("tried", quiet, told, ARRIVALS, city(1, series=[SERIES[0], late]))
    assert (one.alerts, one.notices, one.too_late, len(one.items)) == (1, 1, 1, 1)
    assert one.false == ("seed 1: headline of f1 (to north); all of its evidence is of the background",)


def test_the_mute_notices_of_campaigns_are_notices_and_its_alerts_are_not() -> None:
    truth = Truth.of("report_campaign")
    assert truth is not None
    assert truth.notice({"event": "fraud indicator muted"})
    assert not truth.notice({"event": pattern.load("report_campaign").alert.event})  # type: ignore[union-attr]
    other = Truth.of("coverage_gap")
    assert other is not None and not other.notice({"event": "fraud indicator muted"})


def test_a_gap_at_a_border_is_one_across_it() -> None:
    truth = Truth(("gap",), lambda *_: False)
    gaps = [{"id": "g1", "records": ["north:1"], "border": True}, {"id": "g2", "records": ["north:1"], "border": False}]
    assert [one.across for one in outcome("tried", truth, [], ARRIVALS, city(1, gap=gaps)).items] == [True, False]


def test_time_passes_to_the_end_of_the_city_and_no_further() -> None:
    lines = [{"type": "patrol", "record": {}, "arrived_at": at} for at in (0, TICK_MS // 2, 3 * TICK_MS)]
    ticks = [line["arrived_at"] for line in _ticking(lines, 5 * TICK_MS + 1) if "clock" in line]
    assert ticks == [TICK_MS, 2 * TICK_MS, 3 * TICK_MS, 4 * TICK_MS, 5 * TICK_MS]
    assert [line for line in _ticking(lines, None) if "clock" not in line] == lines
    assert list(_ticking([], 5 * TICK_MS)) == []


def test_goals_are_held_by_the_figure_and_a_miss_is_said() -> None:
    found, missed = judged(1).items
    half = Outcome(1, "linked_series", (found, missed), alerts=10, true=7, weeks=1.0, false=())
    held = {(one.of, one.figure): one.held for one in goals([summarise([half])])}
    assert held == {
        ("linked_series", "recall"): False,
        ("linked_series", "precision"): True,
        ("all together", FALSE): False,
    }
    page = render([summarise([half])], {})
    assert "<b>missed</b>" in page and "at least 0.8" in page


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


def test_lines_of_a_file_arrive_when_they_say_and_never_in_1970(tmp_path: Path) -> None:
    said: list[dict[str, Any]] = [
        {"type": "link", "record": {}},
        {"type": "read_count", "record": {"counted_at": "2025-03-01T00:00:01Z"}},
        {"type": "link", "record": {}},
        {"type": "patrol", "record": {"recorded_at": 5, "gated_at": "2025-03-01T00:00:02Z"}},
        {"clock": "2025-03-01T00:00:03Z"},
    ]
    (tmp_path / "lines").write_text("".join(json.dumps(line) + "\n" for line in said))
    start = 1_740_787_200_000
    assert [line["arrived_at"] - start for line in _arrivals(tmp_path / "lines")] == [1_000, 1_000, 1_000, 2_000, 3_000]
