"""Which alert points at what was planted at a border of the simulated city: a series of one hand, or a cluster.

The alert says that incidents lie near each other across a border, not who did them (the runbook): of both that is true.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUTH = ("series", "border_cluster")
ALERTS = "linked_incidents"
"""The pattern that its alerts name: that of the links."""
SHARED = 2
"""So many of the three must be of one planted thing: three alike by chance are what most of these alerts are."""


def matches(truth_item: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """Whether two of the three incidents are of this series or cluster."""
    return len(set(alert["incidents"]) & set(truth_item["records"])) >= SHARED


def beyond(truth_item: Mapping[str, Any]) -> str | None:
    """Why the pattern does not look for it; None where it does."""
    # A cluster at a border says nothing of crossing: it always does.
    return None if truth_item.get("crossing", True) else "all of it lies within one district; this looks across borders"
