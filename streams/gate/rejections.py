"""A rejection as the record that its district can read back."""

from __future__ import annotations

import hashlib

from streams.codec import Record
from streams.gate.messages import Rejected

RAW_KEPT = 65_536


def to_record(rejected: Rejected, now: int, *, withheld: bool) -> Record:
    """The record of contract ``rejection``; ``now`` in milliseconds since the epoch. Holds no value, but the bytes.

    ``withheld``: not the bytes either, only their size and hash, for they may hold what must not be kept.
    """
    message = rejected.message
    raw = message.raw or b""
    return {
        "rejection_id": f"{message.topic}:{message.partition}:{message.offset}",
        "district": message.district,
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        # An id from garbage may not fit Avro's signed int; it names nothing anyway.
        "schema_id": rejected.schema_id if (rejected.schema_id or 0) < 2**31 else None,
        "reason": rejected.reason,
        "field": rejected.field,
        "message": rejected.text[:2_000],
        "attempts": 1,
        "record_id": rejected.record_id,
        "raw": b"" if withheld else raw[:RAW_KEPT],
        "raw_size": len(raw),
        "raw_sha256": hashlib.sha256(raw).hexdigest(),
        "rejected_at": now,
        "ahead_s": None if rejected.ahead_ms is None else rejected.ahead_ms // 1_000,
    }
