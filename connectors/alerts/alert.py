"""An alert as code wants it: the fields of the contract, with times that know their zone."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from typing import Any

TIMES = ("sent", "effective", "expires", "first_occurred_from", "last_occurred_from")


@dataclass(frozen=True, slots=True)
class Alert:
    """One alert; each field is what ``schemas/records/alert.avsc`` says of it, and times are UTC."""

    identifier: str
    sender: str
    sent: datetime
    status: str
    msg_type: str
    scope: str
    urgency: str
    severity: str
    certainty: str
    event: str
    headline: str
    description: str
    references: tuple[str, ...]
    effective: datetime
    expires: datetime
    incidents: tuple[str, ...]
    pattern: str
    category: str
    score: float
    districts: tuple[str, ...]
    visible_to: tuple[str, ...]
    lat: float
    lon: float
    radius_m: float
    first_occurred_from: datetime
    last_occurred_from: datetime
    recipient: str = ""

    @classmethod
    def of(cls, record: dict[str, Any]) -> Alert:
        """From a decoded record. Raises ``OverflowError`` or ``ValueError`` for a time that no calendar has."""
        values: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value for name, value in record.items()
        }
        for name in TIMES:
            values[name] = datetime.fromtimestamp(record[name] / 1000, UTC)
        return cls(**values)

    def json(self) -> str:
        """One line of JSON with the contract's field names; times in ISO 8601."""
        values = asdict(self) | {name: getattr(self, name).isoformat(timespec="milliseconds") for name in TIMES}
        return json.dumps(values, ensure_ascii=False)
