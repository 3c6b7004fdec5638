"""What the gate remembers of a record that it let through: its latest revision, and what a later one must undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol


class Standing(NamedTuple):
    """What many records have in common, so that it is kept once for them all (:mod:`streams.gate.store`)."""

    record_type: str
    district: str
    retracted: bool
    visible_to: tuple[str, ...]
    category: str | None = None
    offence: str | None = None


class Seen(NamedTuple):
    """The latest revision of a record that was shared."""

    revision: int
    standing: Standing
    event_at: int
    """When what it tells of began, milliseconds since the epoch."""
    lat: float | None = None
    lon: float | None = None
    """Its point in degrees, WGS 84; none where it has none."""


class Memory(Protocol):
    """What the judge asks."""

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        """What was seen of each record."""
        ...


class NoMemory:
    """Nothing was ever seen; for tests and benches of the judge alone."""

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        """See :class:`Memory`."""
        return [None] * len(record_ids)
