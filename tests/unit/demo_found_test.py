"""The demo's account of what was planted and found."""

from __future__ import annotations

from typing import Any

import pytest
from rich.console import Console

from infra.demo import found

TRUTH = {
    "lookout_hit": [
        {"lookout": "north:l1", "hits": ["north:r1"]},
        {"lookout": "south:l2", "hits": ["south:r2"]},
    ]
}


def alert(*evidence: str) -> dict[str, Any]:
    """A hit as a district receives it."""
    return {
        "pattern": "lookout_hit",
        "incidents": list(evidence),
        "recipient": "north",
        "headline": "a vehicle that is looked for",
        "description": "Verify before acting.",
        "msg_type": "Alert",
    }


def lookouts(alerts: list[dict[str, Any]]) -> found.Finding:
    """The line of one pattern."""
    (one,) = (one for one in found.findings(TRUTH, alerts) if one.pattern == "lookout_hit")
    return one


def test_what_was_planted_and_told_is_found() -> None:
    one = lookouts([alert("north:l1", "north:r1")])
    assert (one.planted, one.found) == (2, 1)
    assert one.example is not None and one.example["recipient"] == "north"


def test_an_alert_of_something_else_finds_nothing_but_is_shown() -> None:
    one = lookouts([alert("north:l1", "north:r9")])
    assert (one.planted, one.found) == (2, 0)
    assert one.example is not None


def test_every_pattern_with_a_truth_is_listed() -> None:
    assert {"lookout_hit", "report_campaign", "corroboration"} <= {name for name, _ in found.measured()}


def test_alerts_from_links_are_known_by_the_pattern_of_their_links() -> None:
    truth = {"series": [{"records": ["north:1", "south:2", "north:3"]}]}
    told = alert("north:1", "south:2", "north:9") | {"pattern": "linked_incidents"}
    (one,) = (one for one in found.findings(truth, [told]) if one.pattern == "linked_alerts")
    assert (one.planted, one.found) == (1, 1)


def test_what_is_missed_is_named_with_a_reason_and_only_what_may_come_is_waited_for() -> None:
    within = {"id": "series-1", "crossing": False, "records": ["north:1", "north:2", "north:3"]}
    across = {"id": "series-2", "crossing": True, "records": ["north:4", "south:5", "north:6"]}
    clock = {"id": "clock-1", "ahead_ms": 1, "district": "north", "record_type": "incident", "records": []}
    findings = {one.pattern: one for one in found.findings({"series": [within], "skewed_clock": [clock]}, [])}
    assert not findings["linked_alerts"].waits, "it looks across borders only"
    assert not findings["feed_health"].waits, "records that are weeks old hide it"
    assert findings["linked_series"].waits
    text = str(found.reasons(list(findings.values())))
    assert "series-1" in text and "within one district" in text and "clock-1" in text
    (one,) = (one for one in found.findings({"series": [across]}, []) if one.pattern == "linked_alerts")
    assert one.waits


@pytest.mark.parametrize("alerts", [[], [alert("north:l1", "north:r1")]])
def test_the_table_has_a_line_a_pattern(alerts: list[dict[str, Any]]) -> None:
    console = Console(width=140, record=True)
    findings = found.findings(TRUTH, alerts)
    console.print(found.table(findings))
    console.print(found.explanations(findings))
    text = console.export_text()
    assert all(one.title in text for one in findings)
    assert ("Verify before acting." in text) == bool(alerts)
