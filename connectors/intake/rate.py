"""Rate limits: a token bucket for each site."""

from __future__ import annotations

import time
from collections.abc import Callable


class Bucket:
    """Fills at ``rate_per_s`` up to ``burst``. A request passes while anything is in it, and may leave a debt.

    So a batch larger than what is left passes once, and the site then waits for as long as it has earned.
    """

    def __init__(self, rate_per_s: float, burst: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._burst, self._clock = rate_per_s, burst, clock
        self._level, self._at = float(burst), clock()

    def wait_s(self) -> float:
        """Seconds until something may pass; nought when it may now."""
        now = self._clock()
        self._level = min(self._burst, self._level + (now - self._at) * self._rate)
        self._at = now
        return 0.0 if self._level >= 1 else (1 - self._level) / self._rate

    def spend(self, count: int) -> None:
        """Take out so many."""
        self._level -= count
