"""What a mapping may fill by ``[fields.…]``, read from the contract: the rest has sections of its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from connectors.mapping.problems import MappingError
from schemas import codes, contracts
from schemas.contract import Field

STAGE = "district"
Kind = Literal["text", "integer", "number", "boolean", "time"]
_KINDS: dict[str, Kind] = {
    "string": "text",
    "int": "integer",
    "long": "integer",
    "float": "number",
    "double": "number",
    "boolean": "boolean",
    "timestamp": "time",
}
INT_MAXIMUM = 2**31 - 1
H3_CELL = "H3 cell"
"""The unit of whole numbers that are written in hexadecimal, as cells mostly are."""

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
    """One field of the record that a mapping may fill, with the limits that its contract sets.

    For an array, all but the counts of items speak of each item.
    """

    name: str
    kind: Kind
    array: bool
    nullable: bool
    code_list: str | None
    codes: frozenset[str] | None
    pattern: str | None
    minimum: float | None
    maximum: float | None
    max_length: int | None
    min_items: int
    max_items: int | None
    past: bool
    """A time that may not lie ahead of now."""
    unit: str | None
    reason: str
    """The rejection reason of a fault in this field."""

    @property
    def required(self) -> bool:
        """Whether the mapping must name it. An array that may be empty is empty when it does not."""
        return not self.nullable and self.name not in DEFAULTS and not (self.array and self.min_items == 0)


def record_types() -> list[str]:
    """The record types that districts publish, and so a mapping can make."""
    return [contract.name for contract in contracts.all() if STAGE in contract.stages]


def parts(record: str) -> frozenset[str]:
    """The shared blocks of fields that a record type has: ``time``, ``place``, ``grading``, ``release``."""
    return frozenset(field.part for field in contracts.get(record).fields(STAGE) if field.part is not None)


def place_optional(record: str) -> bool:
    """Whether a record of the type may have no place."""
    return "place" in contracts.get(record).notes.optional


def targets(record: str) -> dict[str, Target]:
    """The fields of a record type that ``[fields.…]`` may name."""
    fields = contracts.get(record).fields(STAGE)
    return {field.name: _target(field) for field in fields if field.name not in SECTIONS}


def _target(field: Field) -> Target:
    notes = field.notes
    kind = _KINDS.get(field.kind)
    if kind is None:
        raise MappingError(f"field {field.name} is of a kind that no column can fill: give it a section of its own")
    return Target(
        name=field.name,
        kind=kind,
        array=field.array,
        nullable=field.nullable,
        code_list=notes.code_list,
        codes=frozenset(codes.get(notes.code_list).codes) if notes.code_list else None,
        pattern=notes.pattern,
        minimum=notes.minimum,
        maximum=INT_MAXIMUM if notes.maximum is None and field.kind == "int" else notes.maximum,
        max_length=notes.max_length,
        min_items=notes.min_items or 0,
        max_items=notes.max_items,
        past=notes.latest == "now",
        unit=notes.unit,
        reason=notes.reason,
    )
