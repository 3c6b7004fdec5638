"""Which of the expected topics exist. A missing one is looked for every second at first, then less often."""

from __future__ import annotations

import time
from collections.abc import Callable, Container, Mapping
from typing import NamedTuple

LOOK_AGAIN_S = 1.0
# A district's topics are made with the district; one that is still missing then may stay so, and a look asks for all.
SOON_S = 60.0
SELDOM_S = 15.0


class Source(NamedTuple):
    """Whose topic it is, and for what."""

    district: str
    record_type: str


class Looker:
    """Topics that are expected and were not found yet."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._expected_at = self._looked_at = -SELDOM_S
        self.missing: dict[str, Source] = {}

    def expect(self, topics: Mapping[str, Source]) -> None:
        """Look for these from now on, and for no others."""
        self.missing = dict(topics)
        self._expected_at, self._looked_at = self._clock(), -SELDOM_S

    @property
    def due(self) -> bool:
        """Whether it is time to look."""
        now = self._clock()
        often = now - self._expected_at < SOON_S
        return bool(self.missing) and now - self._looked_at >= (LOOK_AGAIN_S if often else SELDOM_S)

    def look(self, existing: Container[str]) -> dict[str, Source]:
        """Those that exist now; a district's only once it has a topic for what is refused."""
        self._looked_at = self._clock()
        found = {
            topic: source
            for topic, source in self.missing.items()
            if topic in existing and f"rejected.{source.district}.v1" in existing
        }
        self.missing = {topic: source for topic, source in self.missing.items() if topic not in found}
        return found
