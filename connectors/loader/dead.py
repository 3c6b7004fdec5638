"""What ClickHouse would not take, as a row of the table of rejections: where it stands, why, its size and digest.

Its bytes stay in the topic, which the row names: nobody has looked at them, so they are not for a table. The row goes
straight to that table and to no topic (decision 0071): the id is made of the offset, so a replay writes the same row,
and a rejection that cannot be landed cannot beget another.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connectors.loader.batch import Raw
from streams.rejection import NO_DISTRICT, record

TABLE = "rejections"


def rejection(message: Raw, reason: str, now: datetime | None = None) -> dict[str, Any]:
    """The row by column. `message` of the row says what ClickHouse said, without values."""
    value = message.value
    framed = len(value) >= 5 and value[0] == 0
    row = record(
        message.topic,
        message.partition,
        message.offset,
        value,
        district=NO_DISTRICT,
        reason="undecodable" if framed else "bad_frame",
        message=f"clickhouse could not read it: {reason}",
        rejected_at=now or datetime.now(UTC),
        schema_id=int.from_bytes(value[1:5], "big", signed=True) if framed else None,
    )
    del row["raw"]
    return row
