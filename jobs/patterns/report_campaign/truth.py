"""How an alert is held against the truth of the simulated city."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

TRUTH = "report_campaign"


def matches(item: Mapping[str, Any], alert: Mapping[str, Any]) -> bool:
    """Whether most of this alert's reports are of this planted campaign."""
    evidence = set(alert["incidents"])
    return 2 * len(evidence & set(item["records"])) > len(evidence)


def notice(alert: Mapping[str, Any]) -> bool:
    """Whether it says that an indicator is muted: that nothing is claimed of it, and so nothing that could be false."""
    return bool(alert["event"] == "fraud indicator muted")
