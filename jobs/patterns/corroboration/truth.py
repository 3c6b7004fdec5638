"""Which alert found what the simulated city planted: one event by several sources, one incident recorded twice."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUTH = ("corroboration", "duplicate")
TWICE = "probably one incident, recorded twice"


def matches(truth_item: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """Whether the alert is of this pair, or holds two sources at least of this event."""
    evidence, planted = set(alert["incidents"]), set(truth_item["records"])
    if alert["event"] == TWICE:
        return "sources" not in truth_item and evidence == planted
    return "sources" in truth_item and len(evidence & planted) >= 2
