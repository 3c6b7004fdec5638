"""When an alert found a planted series: it holds at least half of the incidents of it."""

from __future__ import annotations

from typing import Any, Final

TRUTH: Final = "series"
SHARE: Final = 0.5
"""The part of a planted series that an alert must hold. Two alerts that hold a third each have not found it."""


def matches(truth_item: dict[str, Any], alert: dict[str, Any]) -> bool:
    """Whether an alert (a row of the contract) found a planted series (an item of ``truth.json``)."""
    planted = set(truth_item["records"])
    return len(planted & set(alert["incidents"])) >= SHARE * len(planted)
