"""What goes through the gate: a message in, an accepted record or a rejection out.

Named tuples, for one of each is made for every record, and a frozen dataclass takes twice as long to make.
"""

from __future__ import annotations

from typing import NamedTuple

from streams.codec import Record


class Message(NamedTuple):
    """A message as it came from a district's topic. The topic says whose it is, whatever the record claims."""

    district: str
    topic: str
    partition: int
    offset: int
    key: bytes | None
    raw: bytes | None


class Accepted(NamedTuple):
    """A record for the shared stream, gate fields attached."""

    message: Message
    record: Record


class Rejected(NamedTuple):
    """A message that does not go through, and why; ``reason`` is of the code list ``rejection_reason``."""

    message: Message
    reason: str
    text: str
    field: str | None = None
    record_id: str | None = None
    schema_id: int | None = None


class Verdict(NamedTuple):
    """Where each message of a batch went, in their order; together they are the batch."""

    accepted: list[Accepted]
    rejected: list[Rejected]
