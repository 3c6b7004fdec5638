"""How an alert is held against the truth of the simulated city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUTH = "lookout_hit"


def matches(item: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """Whether this alert tells a read that was planted as a hit of this look-out; a planted miss is none."""
    evidence = set(alert["incidents"])
    return item["lookout"] in evidence and not evidence.isdisjoint(item["hits"])
