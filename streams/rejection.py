"""The record of contract ``rejection``, for every part that refuses something: put together here and nowhere else."""

from __future__ import annotations

from hashlib import sha256
from typing import Any

RAW_KEPT = 64 << 10
"""Bytes of what was refused that are kept; its whole size and hash are kept too."""
NO_DISTRICT = "-"
"""The owner of what cannot be read, which does not say whose it is. No district's name can be this."""
MESSAGE_KEPT = 2_000
LARGEST_ID = 2**31 - 1


def record(
    topic: str,
    partition: int,
    offset: int,
    raw: bytes | None,
    *,
    district: str,
    reason: str,
    message: str,
    rejected_at: Any,
    schema_id: int | None = None,
    field: str | None = None,
    record_id: str | None = None,
    ahead_s: int | None = None,
    withheld: bool = False,
) -> dict[str, Any]:
    """One rejection; of the same message it is the same but for its time.

    Args:
        topic: where the message stands, with ``partition`` and ``offset``: its id is made of them.
        partition: see ``topic``.
        offset: see ``topic``; for a file the row.
        raw: its bytes, as they came.
        district: the owner, who reads it back.
        reason: a code of the contract.
        message: what is wrong and what to do, without values; cut at 2,000 characters.
        rejected_at: when, in the form that its reader takes: milliseconds UTC for Avro, a datetime for ClickHouse.
        schema_id: as the frame names it; one that does not fit Avro's signed int is garbage and left out.
        field: the field at fault.
        record_id: where it could be read.
        ahead_s: seconds by which its clock was ahead, where that was the reason.
        withheld: keep no bytes, only size and hash, for they may hold what must not be kept.
    """
    value = raw or b""
    return {
        "rejection_id": f"{topic}:{partition}:{offset}",
        "district": district,
        "topic": topic,
        "partition": partition,
        "offset": offset,
        "schema_id": schema_id if schema_id is None or schema_id <= LARGEST_ID else None,
        "reason": reason,
        "field": field,
        "message": message[:MESSAGE_KEPT],
        "attempts": 1,
        "record_id": record_id,
        "raw": b"" if withheld else value[:RAW_KEPT],
        "raw_size": len(value),
        "raw_sha256": sha256(value).hexdigest(),
        "rejected_at": rejected_at,
        "ahead_s": ahead_s,
    }
