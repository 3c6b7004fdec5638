"""The owner's answer: accepted, its next revision has the proposed value; declined, nothing of the record changes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from hashlib import sha256
from typing import Any, Literal

from connectors.proposals.values import Unfit, parse
from connectors.records import NotTaken, checked, now_ms
from schemas import contracts

Answer = Literal["accept", "decline", "need_more"]


def revised(current: Mapping[str, Any], proposal: Mapping[str, Any]) -> dict[str, Any]:
    """The owner's next revision, with the proposed value.

    Args:
        current: the record as it stands, fields by name; times as datetime or milliseconds.
        proposal: the proposal.

    Raises:
        NotTaken: the record has changed since, or would not be as its contract says.
    """
    kind = proposal["target_record_type"]
    if current["revision"] != proposal["target_revision"]:
        raise NotTaken(
            f"{proposal['target_record_id']} is at revision {current['revision']} and the proposal speaks of "
            f"{proposal['target_revision']}: look whether it still holds, then publish the revision yourself or decline"
        )
    fields = contracts.get(kind).fields("district")
    made = {field.name: _value(current[field.name]) for field in fields}
    field = next((one for one in fields if one.name == proposal["field"]), None)
    if field is None:
        raise NotTaken(f"{kind} has no field {proposal['field']}: decline it")
    try:
        made[field.name] = parse(field, proposal["value"])
    except Unfit as error:
        raise NotTaken(str(error)) from error
    return checked(kind, made | {"revision": current["revision"] + 1, "recorded_at": now_ms()})


def acknowledged(proposal: Mapping[str, Any], owner: str, answer: Answer, note: str | None) -> dict[str, Any]:
    """The answer as an acknowledgement, released to the proposer alone.

    Raises:
        NotTaken: naming each field that is not as it must be.
    """
    said = sha256(str(proposal["record_id"]).encode()).hexdigest()[:16]
    made = {
        "record_id": f"{owner}:ack-{said}",
        "district": owner,
        "revision": 1,
        "recorded_at": now_ms(),
        "alert_identifier": proposal["record_id"],
        "role": "liaison",
        "answer": answer,
        "answered_at": now_ms(),
        "joint_action": None,
        "outcome": None,
        "note": note,
        "release_to": [proposal["district"]],
        "release_purposes": ["investigation"],
        "release_conditions": None,
        "release_handling": "P",
        "release_expires_at": None,
    }
    return checked("acknowledgement", made)


def _value(value: Any) -> Any:
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    return list(value) if isinstance(value, tuple) else value
