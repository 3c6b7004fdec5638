"""Which alert found what the simulated city planted: a silent feed, a wrong clock, a dead camera."""

from __future__ import annotations

from typing import Any

TRUTH = ("silent_feed", "skewed_clock", "dead_camera")
HOUR_MS = 3_600_000
AFTERWARDS_MS = 24 * HOUR_MS
"""A wrong clock may be told of up to a day after it was set right: its records came few and far between."""


def matches(truth_item: dict[str, Any], alert: dict[str, Any]) -> bool:
    """Whether the alert is of that feed, camera or clock, and of that time."""
    if alert["recipient"] != truth_item["district"] or alert["msg_type"] == "Cancel":
        return False
    said, at = str(alert["headline"]), int(alert["last_occurred_from"])
    if "camera" in truth_item:
        # It was heard last before it died; one of its records may still have been on its way.
        return f" {truth_item['camera']} " in said and at >= truth_item["dead_from"] - AFTERWARDS_MS
    feed = f"the {str(truth_item['record_type']).replace('_', ' ')} feed of {truth_item['district']} "
    if feed not in said[0].lower() + said[1:]:
        return False
    if "ahead_ms" in truth_item:
        return "clock" in said and truth_item["skewed_from"] <= at <= truth_item["skewed_to"] + AFTERWARDS_MS
    # It was heard last just before it fell silent; a feed with a slow rhythm, some hours before.
    silent = truth_item["silent_from"] - 12 * HOUR_MS <= at <= truth_item["silent_to"]
    return "has told nothing" in said and silent
