"""Make a proposal, for its proposer to publish."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from connectors.proposals.values import Unfit, parse
from connectors.records import NotTaken, checked, now_ms, owner_of
from schemas import contracts

# Whose record it is, which state of it, and what the gate judges by: a proposal cannot touch them.
FIXED = frozenset({"record_id", "district", "revision", "recorded_at"})


@dataclass(frozen=True, slots=True)
class Correction:
    """What should be another, and why."""

    record_type: str
    record_id: str
    revision: int
    field: str
    value: str
    reason: str
    note: str | None = None


def record(correction: Correction, proposer: str) -> dict[str, Any]:
    """The proposal as its contract says, released to the owner alone. The same correction gives the same id.

    Raises:
        NotTaken: the record is the proposer's own, the field is none that can be corrected, or the value does not fit.
    """
    owner = owner_of(correction.record_id)
    if owner == proposer:
        raise NotTaken(f"{correction.record_id} is your own record: publish its next revision")
    fields = {field.name: field for field in contracts.get(correction.record_type).fields("district")}
    open_to_all = sorted(set(fields) - FIXED - {name for name in fields if name.startswith("release_")})
    if correction.field not in open_to_all:
        raise NotTaken(f"{correction.field} cannot be corrected by proposal: there are {', '.join(open_to_all)}")
    try:
        parse(fields[correction.field], correction.value)
    except Unfit as error:
        raise NotTaken(str(error)) from error
    said = "|".join((correction.record_id, str(correction.revision), correction.field, correction.value))
    made = {
        "record_id": f"{proposer}:proposal-{sha256(said.encode()).hexdigest()[:16]}",
        "district": proposer,
        "revision": 1,
        "recorded_at": now_ms(),
        "target_record_type": correction.record_type,
        "target_record_id": correction.record_id,
        "target_revision": correction.revision,
        "field": correction.field,
        "value": correction.value,
        "reason": correction.reason,
        "note": correction.note,
        "release_to": [owner],
        "release_purposes": ["investigation"],
        "release_conditions": None,
        "release_handling": "P",
        "release_expires_at": None,
    }
    return checked("proposal", made)
