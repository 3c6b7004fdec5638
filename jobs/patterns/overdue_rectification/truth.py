"""Which alert found what the simulated city planted: an order past its deadline, one finding all over a chain."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUTH = ("overdue_rectification", "chain_repeat")


def matches(truth_item: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """Whether the alert is of this order, or of this finding at this chain and of its inspections alone."""
    if alert["msg_type"] == "Cancel":
        return False
    evidence, planted = set(alert["incidents"]), set(truth_item["records"])
    if "premises" in truth_item:
        return evidence == planted
    finding = str(truth_item["finding"]).replace("_", " ")
    said = str(alert["headline"])
    return said.startswith(f"{finding} found at ") and f" of {truth_item['chain']} in " in said and evidence <= planted
