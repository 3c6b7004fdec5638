"""What is left of a record that was taken back, made from what the gate remembers of it.

Whose it is, when and where, its category, and who had it: what is needed to undo what was derived from it. All else is
null or empty, or where the contract wants a value, one that says nothing: the code ``unknown`` or ``other``, else the
last of the list; the word ``retracted``, else the contract's example; nought.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from schemas import codes
from schemas.contract import Field
from streams.codec import Record
from streams.gate.kinds import RECORDED, SHARED, Kind
from streams.gate.memory import Seen

WORD = "retracted"
SAYING_NOTHING = ("unknown", "other")


class StubMaker:
    """Makes stubs of one record type."""

    def __init__(self, kind: Kind) -> None:
        self._kind = kind
        fields = kind.contract.fields(SHARED)
        self._blank = {field.name: _blank(field) for field in fields}
        self._names = frozenset(self._blank)
        self._times = [
            field.name
            for field in fields
            if field.kind == "timestamp" and not field.nullable and field.name not in {RECORDED, "gated_at"}
        ]

    def __call__(self, record_id: str, numbers: Mapping[str, Any], seen: Seen, retraction: Record) -> Record:
        """The stub, but for its place keys.

        Args:
            record_id: of the record that is taken back.
            numbers: ``revision`` and ``owner_revision`` that the stub is to have.
            seen: its latest revision.
            retraction: what takes it back, with ``gated_at`` and source attached; the stub says that it came with it.
        """
        standing = seen.standing
        known = {
            "record_id": record_id,
            "district": standing.district,
            "visible_to": standing.visible_to,
            "retracted": True,
            "lat": seen.lat,
            "lon": seen.lon,
            "category": standing.category,
            "offence": standing.offence,
        }
        known |= {name: retraction[name] for name in (RECORDED, "gated_at")}
        known |= {name: retraction[name] for name in ("source_topic", "source_partition", "source_offset")}
        known |= dict.fromkeys(self._times, seen.event_at)
        known |= self._kind.prior(seen) | {name: numbers[name] for name in ("revision", "owner_revision")}
        return self._blank | {name: value for name, value in known.items() if name in self._names}


def _blank(field: Field) -> Any:
    """A value of the field that says nothing, and is one that it may have."""
    if field.array:
        return [_item(field)] * (field.notes.min_items or 0)
    return None if field.nullable else _item(field)


def _item(field: Field) -> Any:
    notes = field.notes
    if notes.code_list:
        known = codes.get(notes.code_list).codes
        return next((code for code in SAYING_NOTHING if code in known), list(known)[-1])
    if field.kind == "string":
        return WORD if re.fullmatch(notes.pattern or ".*", WORD) else notes.example
    if field.kind in {"float", "double"}:
        return float(notes.minimum or 0)
    return False if field.kind == "boolean" else b"" if field.kind == "bytes" else int(notes.minimum or 0)
