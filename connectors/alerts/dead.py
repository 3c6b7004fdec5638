"""What is no alert, as a rejection for the dead-letter topic: kept with its offset and bytes, and never shown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from streams.codec import Defect

KEPT_BYTES = 64 << 10
# No district's name can be this: what could not be read does not say whose it is.
NO_DISTRICT = "-"


@dataclass(frozen=True, slots=True)
class Place:
    """Where a message stands."""

    topic: str
    partition: int
    offset: int

    def __str__(self) -> str:
        """Its name in rejections."""
        return f"{self.topic}:{self.partition}:{self.offset}"


def rejection(place: Place, raw: bytes | None, defect: Defect) -> dict[str, Any]:
    """The record of contract ``rejection``; read again it is the same but for its time."""
    value = raw or b""
    known = defect.schema_id is not None and defect.schema_id < 2**31
    return {
        "rejection_id": str(place),
        "district": NO_DISTRICT,
        "topic": place.topic,
        "partition": place.partition,
        "offset": place.offset,
        "schema_id": defect.schema_id if known else None,
        "reason": defect.reason,
        "field": None,
        "message": defect.message,
        "attempts": 1,
        "record_id": None,
        "raw": value[:KEPT_BYTES],
        "raw_size": len(value),
        "raw_sha256": sha256(value).hexdigest(),
        "rejected_at": time.time_ns() // 1_000_000,
        "ahead_s": None,
    }
