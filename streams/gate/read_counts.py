"""How many vehicle reads each district sent, by the hour: a count and nothing of any read.

A count grows while its hour lasts and is told again at most every ten seconds, in the transaction of a batch; the
highest of one hour and run of a gate is its count. What a crash loses is what was not told yet: ten seconds.
"""

from __future__ import annotations

from dataclasses import dataclass

from streams.codec import Record
from streams.gate.lookouts import vehicle_read
from streams.gate.messages import Verdict

HOUR_MS = 3_600_000
EVERY_MS = 10_000


@dataclass(slots=True)
class _Count:
    reads: int = 0
    asked_for: int = 0


class ReadCounts:
    """The counts of one run of a gate. Times are milliseconds since the epoch."""

    def __init__(self, gate: str, since: int) -> None:
        """``gate``: its instance; ``since``: when this run began."""
        self._gate, self._since = gate, since
        self._counts: dict[tuple[str, int], _Count] = {}
        self._untold: set[tuple[str, int]] = set()
        self._told_at = 0

    def add(self, verdict: Verdict, now: int) -> None:
        """Count the reads of a batch that is through, in the hour in which it came."""
        hour = now // HOUR_MS * HOUR_MS
        for message in verdict.let_go:
            self._count(message.district, hour).reads += 1
        for one in verdict.accepted:
            if vehicle_read(one.message.record_type, one.record):
                count = self._count(one.message.district, hour)
                count.reads += 1
                count.asked_for += 1

    def due(self, now: int) -> list[Record]:
        """What is to be told now: nothing, where the last time is not ten seconds ago."""
        return self.untold(now) if now - self._told_at >= EVERY_MS else []

    def untold(self, now: int) -> list[Record]:
        """All counts that have grown since they were told."""
        return [
            {
                "district": district,
                "hour": hour,
                "gate": self._gate,
                "since": self._since,
                "counted_at": now,
                "reads": self._counts[district, hour].reads,
                "asked_for": self._counts[district, hour].asked_for,
            }
            for district, hour in sorted(self._untold)
        ]

    def told(self, records: list[Record], now: int) -> None:
        """Remember that these are through."""
        if records:
            self._told_at = now
            self._untold -= {(record["district"], record["hour"]) for record in records}
            self._counts = {key: count for key, count in self._counts.items() if key[1] >= now - 2 * HOUR_MS}

    def _count(self, district: str, hour: int) -> _Count:
        self._untold.add((district, hour))
        return self._counts.setdefault((district, hour), _Count())
