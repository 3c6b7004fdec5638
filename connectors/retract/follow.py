"""Wait for what follows a retraction."""

from __future__ import annotations

import time

from connectors.records import NotTaken
from connectors.trace.ask import Event, trace
from streams.settings import Settings

EVERY_S = 0.5
# What follows at the neighbours is mostly there a second after the gate's answer; trace shows what comes later.
SETTLE_S = 2.0


def outcome(settings: Settings, record_id: str, retraction_id: str, wait_s: float) -> list[Event]:
    """The record's trace once the gate has taken it back; empty when that has not landed within ``wait_s`` seconds.

    Raises:
        NotTaken: the gate refused; the text is its reason.
        TraceError: the store does not answer.
    """
    until = time.monotonic() + wait_s
    while time.monotonic() < until:
        refused = [event for event in trace(settings, retraction_id) if event.what == "rejected"]
        # A duplicate was taken back before: that is what was wanted.
        if refused and not refused[-1].detail.startswith("duplicate"):
            raise NotTaken(f"the gate refused it: {refused[-1].detail}")
        if any(event.what == "asked back" for event in trace(settings, record_id)):
            time.sleep(min(SETTLE_S, max(0.0, until - time.monotonic())))
            return trace(settings, record_id)
        time.sleep(EVERY_S)
    return []
