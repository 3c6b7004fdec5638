"""What was taken in lately, so that a repeat is answered without being published again.

A help, not what repeats are safe by: that is the record id, which is the same for a repeat, so that the gate passes it
once. So this may forget, and begins empty at each start.
"""

from __future__ import annotations

from typing import Literal

KEPT = 200_000
Seen = Literal["new", "repeat", "other"]


class Recent:
    """Record ids and the names of their contents, the newest ``kept``."""

    def __init__(self, kept: int = KEPT) -> None:
        self._kept = kept
        self._contents: dict[str, str] = {}

    def look(self, record_id: str, content: str) -> Seen:
        """Whether the record is new, was taken in before, or was under the same id with another content."""
        before = self._contents.get(record_id)
        if before is None:
            return "new"
        return "repeat" if before == content else "other"

    def add(self, record_id: str, content: str) -> None:
        """Remember what was taken in."""
        self._contents[record_id] = content
        if len(self._contents) > self._kept:
            del self._contents[next(iter(self._contents))]
