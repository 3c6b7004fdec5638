"""What ClickHouse would not take, as a row of the table of rejections: where it stands, why, its size and digest.

Its bytes stay in the topic, which the row names: nobody has looked at them, so they are not for a table. The row goes
straight to that table and to no topic (decision 0071): the id is made of the offset, so a replay writes the same row,
and a rejection that cannot be landed cannot beget another.
"""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from connectors.loader.batch import Raw

# No district's name can be this: the message could not be read, so whose it is is not known.
NO_DISTRICT = "-"
TABLE = "rejections"


def rejection(message: Raw, reason: str, now: datetime | None = None) -> dict[str, Any]:
    """The row by column. `message` of the row says what ClickHouse said, without values."""
    value = message.value
    framed = len(value) >= 5 and value[0] == 0
    return {
        "rejection_id": message.at,
        "district": NO_DISTRICT,
        "topic": message.topic,
        "partition": message.partition,
        "offset": message.offset,
        "schema_id": int.from_bytes(value[1:5], "big", signed=True) if framed else None,
        "reason": "undecodable" if framed else "bad_frame",
        "field": None,
        "message": f"clickhouse could not read it: {reason}",
        "attempts": 1,
        "record_id": None,
        "raw_size": len(value),
        "raw_sha256": sha256(value).hexdigest(),
        "rejected_at": now or datetime.now(UTC),
        "ahead_s": None,
    }
