"""Which alert found a coverage gap that was planted in the simulated city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUTH = "coverage_gap"


def matches(truth_item: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """Whether the alert is of that place, and of a stretch of time that overlaps the gap."""
    if alert["msg_type"] == "Cancel" or list(alert["districts"]) != [truth_item["district"]]:
        return False
    here = f" at {truth_item['area']} ({truth_item['district']}) " in str(alert["headline"])
    since, until = int(alert["first_occurred_from"]), int(alert["last_occurred_from"])
    return here and since < truth_item["gap_to"] and until > truth_item["gap_from"]
