"""What is no alert, as a rejection for the dead-letter topic: kept with its offset and bytes, and never shown."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

from streams.codec import Defect
from streams.rejection import NO_DISTRICT, record


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
    return record(
        place.topic,
        place.partition,
        place.offset,
        raw,
        district=NO_DISTRICT,
        reason=defect.reason,
        message=defect.message,
        rejected_at=time.time_ns() // 1_000_000,
        schema_id=defect.schema_id,
    )
