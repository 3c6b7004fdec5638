"""What stands in a shared topic and is no record of it: passed over, so that the gate goes on, and never in silence."""

from __future__ import annotations

import structlog

from streams.codec import Defect

log = structlog.get_logger("gate")


class Aside:
    """Messages that the gate could not read back; each is logged and counted once, whoever of it reads it."""

    def __init__(self) -> None:
        self._places: set[str] = set()

    def __len__(self) -> int:
        """How many there were since the process began."""
        return len(self._places)

    def put(self, topic: str, partition: int, offset: int, defect: Defect) -> None:
        """Pass over a message; the log says where it stands and why, and nothing of what is in it."""
        place = f"{topic}:{partition}:{offset}"
        if place not in self._places:
            self._places.add(place)
            log.warning(
                "a message of a shared topic is set aside: only the gate may write there",
                at=place,
                reason=defect.message,
            )
