"""Make a retraction, for its owner to publish."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from connectors.records import checked, now_ms


@dataclass(frozen=True, slots=True)
class Wish:
    """What is to be taken back, and why."""

    record_type: str
    record_id: str
    revision: int
    reason: str
    note: str | None = None


def record(wish: Wish, district: str) -> dict[str, Any]:
    """The retraction as its contract says. The same wish gives the same id, so asking twice is harmless.

    Args:
        wish: what is taken back.
        district: its owner.

    Raises:
        NotTaken: naming each field that is not as it must be.
    """
    said = f"{wish.record_type}|{wish.record_id}|{wish.revision}"
    made = {
        "record_id": f"{district}:retraction-{sha256(said.encode()).hexdigest()[:16]}",
        "district": district,
        "revision": 1,
        "recorded_at": now_ms(),
        "target_record_type": wish.record_type,
        "target_record_id": wish.record_id,
        "target_revision": wish.revision,
        "reason": wish.reason,
        "note": wish.note,
    }
    return checked("retraction", made)
