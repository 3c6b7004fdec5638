"""What goes through the gate: a message in, an accepted record or a rejection out."""

from __future__ import annotations

from dataclasses import dataclass

from streams.codec import Record


@dataclass(frozen=True, slots=True)
class Message:
    """A message as it came from a district's topic. The topic says whose it is, whatever the record claims."""

    district: str
    topic: str
    partition: int
    offset: int
    key: bytes | None
    raw: bytes | None


@dataclass(frozen=True, slots=True)
class Accepted:
    """A record for the shared stream, gate fields attached."""

    message: Message
    record: Record


@dataclass(frozen=True, slots=True)
class Rejected:
    """A message that does not go through, and why; ``reason`` is of the code list ``rejection_reason``."""

    message: Message
    reason: str
    text: str
    field: str | None = None
    record_id: str | None = None
    schema_id: int | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """Where each message of a batch went, in their order; together they are the batch."""

    accepted: list[Accepted]
    rejected: list[Rejected]
