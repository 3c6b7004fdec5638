"""A rejection as the record that its district can read back."""

from __future__ import annotations

from streams.codec import Record
from streams.gate.messages import Rejected
from streams.rejection import record


def to_record(rejected: Rejected, now: int, *, withheld: bool) -> Record:
    """The record of contract ``rejection``; ``now`` in milliseconds since the epoch. Holds no value, but the bytes.

    ``withheld``: not the bytes either, only their size and hash, for they may hold what must not be kept.
    """
    message = rejected.message
    return record(
        message.topic,
        message.partition,
        message.offset,
        message.raw,
        district=message.district,
        reason=rejected.reason,
        message=rejected.text,
        rejected_at=now,
        schema_id=rejected.schema_id,
        field=rejected.field,
        record_id=rejected.record_id,
        ahead_s=None if rejected.ahead_ms is None else rejected.ahead_ms // 1_000,
        withheld=withheld,
    )
