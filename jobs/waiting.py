"""Patterns that are planned later than those that records need to flow, and again after they failed.

One that fails must not take the others with it: they find what they find, deliver, and let go. So it waits, longer each
time, and goes on from its checkpoint.
"""

from __future__ import annotations

import time
from collections.abc import Iterable

from jobs.pattern import Pattern

LATER_S = 20.0
"""How long after the first patterns the others are planned: the first records of a start have the cores till then."""
AGAIN_S = (5.0, 15.0, 60.0, 300.0)
"""How long one waits after its first failure, its second, and so on."""


class Waiting:
    """Which patterns wait, and until when; :meth:`take` gives one whose time has come."""

    def __init__(self, patterns: Iterable[Pattern], later_s: float = LATER_S) -> None:
        due = time.monotonic() + later_s
        self._due = {one.name: (due, one) for one in patterns}
        self._known = {name: one for name, (_, one) in self._due.items()}
        self._failures: dict[str, int] = {}

    def take(self) -> Pattern | None:
        """The pattern that has waited longest beyond its time; None where none is due."""
        now = time.monotonic()
        due = sorted((at, name) for name, (at, _) in self._due.items() if at <= now)
        return self._due.pop(due[0][1])[1] if due else None

    def again(self, name: str) -> float | None:
        """Let one that failed wait for its next turn; gives the seconds, or None where it never waited here."""
        if name not in self._known:
            return None
        failures = self._failures[name] = self._failures.get(name, 0) + 1
        wait = AGAIN_S[min(failures, len(AGAIN_S)) - 1]
        self._due[name] = (time.monotonic() + wait, self._known[name])
        return wait
