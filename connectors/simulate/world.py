"""What all modules of the simulation share: the city, chance, names of records, what was sent, and the truth.

Every module draws from a generator of its own, seeded by its name: a new pattern draws nothing from the others. Record
ids are hashes, so that nothing of the truth can be read from them.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, NamedTuple
from zlib import crc32

import numpy as np

from connectors.simulate import city as ground
from connectors.simulate.city import City, Generator
from connectors.simulate.parameters import assumed
from connectors.simulate.plan import Plan
from connectors.simulate.statistics import DAY_MS, HOUR_MS

Record = dict[str, Any]
Item = dict[str, Any]


class Sent(NamedTuple):
    """One record on its way: when it arrives at the platform (UTC ms), whose feed and of what type, itself."""

    arrived_at: int
    district: str
    """The district whose feed it is: a bad record may claim another."""
    kind: str
    record: Record


@dataclass
class World:
    """One run in the making."""

    plan: Plan
    city: City
    start_ms: int
    """UTC ms of local midnight of the first day."""
    sent: list[Sent] = field(default_factory=list)
    truth: dict[str, list[Item]] = field(default_factory=lambda: defaultdict(list))
    _minted: int = 0

    @property
    def end_ms(self) -> int:
        """UTC ms of the end of the last day."""
        return self.start_ms + self.plan.days * DAY_MS

    def rng(self, name: str) -> Generator:
        """The generator of one module."""
        return np.random.default_rng([self.plan.seed, crc32(name.encode())])

    def mint(self, district: int, kind: str) -> str:
        """A new record id of a district."""
        self._minted += 1
        digest = hashlib.blake2s(f"{self.plan.seed}:{self._minted}".encode(), digest_size=7).hexdigest()
        return f"{self.city.names[district]}:{kind}-{digest}"

    def send(self, kind: str, record: Record) -> str:
        """Send a record; it arrives a moment after it was recorded. Returns its id."""
        # A few seconds on the way, told from the id so that no generator is asked.
        way_ms = 500 + crc32(record["record_id"].encode()) % 9_500
        self.sent.append(Sent(record["recorded_at"] + way_ms, record["district"], kind, record))
        return str(record["record_id"])

    def plant(self, pattern: str, records: Iterable[str], needs: int, **facts: Any) -> None:
        """Put an item into the truth.

        It can be known once ``needs`` of its records have arrived, and not before ``not_before`` (UTC ms) where that
        is among its facts; where nothing is needed, the item's own times tell.
        """
        ids = list(records)
        item = {"id": f"{pattern}-{len(self.truth[pattern]) + 1:03d}", "records": ids, "needs": needs, **facts}
        self.truth[pattern].append(item)

    def many(self, per_district_day: float, least: int = 1) -> int:
        """How many of something to plant in this run."""
        return max(least, round(per_district_day * self.plan.districts * self.plan.days))

    def name(self, district: int) -> str:
        """A district's name."""
        return self.city.names[district]


def create(plan: Plan) -> World:
    """An empty world with its ground."""
    figures = assumed().ground
    rng = np.random.default_rng([plan.seed, crc32(b"city")])
    midnight = datetime(plan.start.year, plan.start.month, plan.start.day, tzinfo=UTC)
    start_ms = int(midnight.timestamp() * 1000) - int(figures.utc_offset_hours * HOUR_MS)
    return World(plan, ground.build(rng, plan.districts, figures), start_ms)
