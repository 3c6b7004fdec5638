"""What the gate remembers of a record that it let through: its latest revision, and what a later one must undo."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple, Protocol

LAST_REVISION = 2**31 - 1


class Standing(NamedTuple):
    """What many records have in common, so that it is kept once for them all (:mod:`streams.gate.store`)."""

    record_type: str
    district: str
    retracted: bool
    visible_to: tuple[str, ...]
    category: str | None = None
    offence: str | None = None
    ahead: int = 0
    """By how much the shared revision is above its owner's own number: the ends of its releases took so many."""


class Seen(NamedTuple):
    """The latest revision of a record that was shared."""

    revision: int
    standing: Standing
    event_at: int
    """When what it tells of began, milliseconds since the epoch."""
    lat: float | None = None
    lon: float | None = None
    """Its point in degrees, WGS 84; none where it has none."""

    @property
    def own_revision(self) -> int:
        """The owner's own number of it: by this the owner's next revision is newer or not."""
        return self.revision - self.standing.ahead

    def next(self, own: int) -> dict[str, Any]:
        """The numbers, as a shared record says them, of one that replaces it and is ``own`` to its owner.

        It is above every revision that was shared, so that whoever reads the shared stream needs no other rule.
        """
        revision = max(own, self.revision + 1)
        return {"revision": revision, "owner_revision": None if revision == own else own}


class Release(NamedTuple):
    """A release of a shared revision to others than its owner, that ends."""

    until: int
    """When, milliseconds since the epoch."""
    record_id: str
    revision: int


class Ending(NamedTuple):
    """A release that ends, and where in the shared stream the revision is that it speaks of."""

    release: Release
    topic: str
    partition: int
    offset: int


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
