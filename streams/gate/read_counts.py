"""How many vehicle reads each district sent, by the hour: a count and nothing of any read.

A count grows while its hour lasts and is told again at most every ten seconds, in the transaction of a batch; the
highest of one hour and run of a gate is its count. What a crash loses is what was not told yet: ten seconds.

Else nothing would say that a camera works which only reads vehicles. So each camera of which a read was let go is
named, once for five minutes and only when they are over: no read's moment, and no number of them, can be told from
it. A read that was an hour on its way names none, for it says nothing of the camera as it is now. What a crash loses
of that is five minutes.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

from streams.codec import Record
from streams.gate.lookouts import vehicle_read
from streams.gate.messages import Verdict

HOUR_MS = 3_600_000
EVERY_MS = 10_000
STRETCH_MS = 300_000
"""Divides an hour: a stretch belongs to one count."""
STALE_MS = 3_600_000
Place = tuple[str, int]
"""A district, and the beginning of an hour or of a stretch."""


@dataclass(slots=True)
class _Count:
    reads: int = 0
    asked_for: int = 0


@dataclass(slots=True)
class _Heard:
    cameras: set[str] = field(default_factory=set)
    let_go: int = 0
    quickest_ms: int = 2**62


class ReadCounts:
    """The counts of one run of a gate. Times are milliseconds since the epoch."""

    def __init__(self, gate: str, since: int) -> None:
        """``gate``: its instance; ``since``: when this run began."""
        self._gate, self._since = gate, since
        self._counts: dict[Place, _Count] = {}
        self._untold: set[Place] = set()
        self._heard: dict[Place, _Heard] = defaultdict(_Heard)
        self._told_at = 0

    def add(self, verdict: Verdict, now: int) -> None:
        """Count the reads of a batch that is through, in the hour in which it came."""
        hour = _hour(now)
        stretch = _stretch(now)
        for let_go in verdict.let_go:
            district = let_go.message.district
            self._count(district, hour).reads += 1
            if now - let_go.recorded_at > STALE_MS:
                continue
            heard = self._heard[district, stretch]
            heard.cameras.add(let_go.camera)
            heard.let_go += 1
            heard.quickest_ms = min(heard.quickest_ms, now - let_go.recorded_at)
        for one in verdict.accepted:
            if vehicle_read(one.message.record_type, one.record):
                count = self._count(one.message.district, hour)
                count.reads += 1
                count.asked_for += 1

    def due(self, now: int) -> list[Record]:
        """What is to be told now: nothing, where the last time is not ten seconds ago."""
        return self.untold(now) if now - self._told_at >= EVERY_MS else []

    def untold(self, now: int) -> list[Record]:
        """All counts that have grown since they were told, and the cameras of stretches that are over since."""
        over = [place for place in self._heard if place[1] < _stretch(now)]
        places = self._untold | {(district, _hour(stretch)) for district, stretch in over}
        return [self._told(place, [one for one in over if _of(one, place)], now) for place in sorted(places)]

    def told(self, records: list[Record], now: int) -> None:
        """Remember that these are through."""
        if records:
            self._told_at = now
            places = {(record["district"], record["hour"]) for record in records}
            self._untold -= places
            # What is over now was perhaps not over when these were made.
            over = _stretch(min(record["counted_at"] for record in records))
            for one in [each for each in self._heard if each[1] < over and (each[0], _hour(each[1])) in places]:
                del self._heard[one]
            self._counts = {key: count for key, count in self._counts.items() if key[1] >= now - 2 * HOUR_MS}

    def _count(self, district: str, hour: int) -> _Count:
        self._untold.add((district, hour))
        return self._counts.setdefault((district, hour), _Count())

    def _told(self, place: Place, over: list[Place], now: int) -> Record:
        count, heard = self._counts[place], [self._heard[one] for one in over]
        return {
            "district": place[0],
            "hour": place[1],
            "gate": self._gate,
            "since": self._since,
            "counted_at": now,
            "reads": count.reads,
            "asked_for": count.asked_for,
            "cameras": sorted(set().union(*(one.cameras for one in heard))),
            "let_go": sum(one.let_go for one in heard) or None,
            "quickest_s": min(one.quickest_ms for one in heard) // 1_000 if heard else None,
        }


def _hour(at: int) -> int:
    return at // HOUR_MS * HOUR_MS


def _stretch(at: int) -> int:
    return at // STRETCH_MS * STRETCH_MS


def _of(stretch: Place, hour: Place) -> bool:
    return stretch[0] == hour[0] and _hour(stretch[1]) == hour[1]
