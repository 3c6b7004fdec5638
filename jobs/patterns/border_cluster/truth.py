"""Which alert found a cluster that was planted in the simulated city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUTH = "border_cluster"
SHARED = 3
"""So many of the planted incidents must be in the alert, and most of its evidence must be planted."""


def matches(truth_item: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """Whether the alert rests on this cluster: three of its incidents or more, and no more of others than of it."""
    if alert["msg_type"] == "Cancel":
        return False
    evidence = set(alert["incidents"])
    shared = len(evidence & set(truth_item["records"]))
    return shared >= SHARED and 2 * shared >= len(evidence)
