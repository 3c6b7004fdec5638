"""What goes through the gate: a message in, an accepted record or a rejection out; and what it ends by itself.

Named tuples, for one of each is made for every record, and a frozen dataclass takes twice as long to make.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from streams.codec import Record
from streams.gate.memory import Ending, Seen


class Message(NamedTuple):
    """A message as it came from a district's topic. The topic says whose and what it is, whatever the record claims."""

    district: str
    record_type: str
    topic: str
    partition: int
    offset: int
    key: bytes | None
    raw: bytes | None


class Stub(NamedTuple):
    """What is left of a record that was taken back: its last revision, for the shared topic of its type."""

    record_type: str
    record: Record
    seen: Seen


class Accepted(NamedTuple):
    """A record for the shared stream, gate fields attached, and what is to be remembered of it.

    A retraction brings the stub of what it takes back, which goes out before it.
    """

    message: Message
    record: Record
    seen: Seen
    stub: Stub | None = None


class Rejected(NamedTuple):
    """A message that does not go through, and why; ``reason`` is of the code list ``rejection_reason``."""

    message: Message
    reason: str
    text: str
    field: str | None = None
    record_id: str | None = None
    schema_id: int | None = None
    ahead_ms: int | None = None
    """By how much it was written after it came, where that is why: its sender's clock runs ahead."""


class Ended(NamedTuple):
    """A record whose release is over: as it goes out once more, and what is to be remembered of it."""

    ending: Ending
    record_type: str
    record: Record
    seen: Seen


class LetGo(NamedTuple):
    """A vehicle read that nobody asks for (:mod:`streams.gate.lookouts`): what is counted of it, and no more."""

    message: Message
    camera: str
    recorded_at: int


class Verdict(NamedTuple):
    """Where each message of a batch went, in their order; together they are the batch.

    ``let_go``: vehicle reads that nobody asks for.
    """

    accepted: list[Accepted]
    rejected: list[Rejected]
    let_go: Sequence[LetGo] = ()
