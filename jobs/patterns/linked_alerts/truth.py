"""Which alert points at a series that was planted in the simulated city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUTH = "series"
ALERTS = "linked_incidents"
"""The pattern that its alerts name: that of the links."""
SHARED = 2
"""So many of the three must be of one hand: three alike by chance are what most of these alerts are."""


def matches(truth_item: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """Whether two of the three incidents are of this series."""
    return len(set(alert["incidents"]) & set(truth_item["records"])) >= SHARED
