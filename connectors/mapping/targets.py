"""What a mapping may fill by ``[fields.…]``, read from the contract: the rest has sections of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from connectors.mapping.problems import MappingError
from schemas import codes, contracts
from schemas.contract import Field

_KINDS: dict[str, Literal["text", "integer", "number"]] = {
    "string": "text",
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
}

SECTIONS = frozenset(
    {
        "record_id",
        "district",
        "recorded_at",
        "occurred_from",
        "occurred_to",
        "time_precision",
        "lat",
        "lon",
        "grading_source",
        "grading_information",
        "statement",
        "release_to",
        "release_purposes",
        "release_conditions",
        "release_handling",
        "release_expires_at",
    }
)
"""Fields filled by [id], [district], [time], [place], [grading] and [release]."""

DEFAULTS: dict[str, str | int] = {"revision": 1, "completion": "unknown", "status": "unknown"}
"""What a field is when the mapping does not name it: a file of plain incidents seldom tells."""


@dataclass(frozen=True, slots=True)
class Target:
    """One field of the record that a mapping may fill, with the limits that its contract sets."""

    name: str
    kind: Literal["text", "integer", "number"]
    nullable: bool
    code_list: str | None
    codes: frozenset[str] | None
    minimum: float | None
    maximum: float | None
    max_length: int | None
    unit: str | None
    reason: str
    """The rejection reason of a fault in this field."""

    @property
    def required(self) -> bool:
        """Whether the mapping must name it."""
        return not self.nullable and self.name not in DEFAULTS


def targets(record: str) -> dict[str, Target]:
    """The fields of a record type that ``[fields.…]`` may name."""
    fields = contracts.get(record).fields("district")
    return {field.name: _target(field) for field in fields if field.name not in SECTIONS}


def _target(field: Field) -> Target:
    notes = field.notes
    kind = _KINDS.get("array" if field.array else field.kind)
    if kind is None:
        raise MappingError(f"field {field.name} is of a kind that no column can fill: give it a section of its own")
    return Target(
        name=field.name,
        kind=kind,
        nullable=field.nullable,
        code_list=notes.code_list,
        codes=frozenset(codes.get(notes.code_list).codes) if notes.code_list else None,
        minimum=notes.minimum,
        maximum=notes.maximum,
        max_length=notes.max_length,
        unit=notes.unit,
        reason=notes.reason,
    )
