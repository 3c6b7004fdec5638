"""What may stand under the key ``"crossbeat"`` of a contract: models that refuse what they do not know.

Avro ignores attributes that it does not know, so a slip of the pen such as ``"minimun"`` would switch a check off
without a word. These models forbid that, and the error names the nearest name that exists.
"""

from __future__ import annotations

import difflib
from datetime import UTC, datetime
from typing import Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from schemas.errors import ContractError

Model = TypeVar("Model", bound=BaseModel)


class Notes(BaseModel):
    """Base of all annotations: closed and unchangeable."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class FieldNotes(Notes):
    """Annotations of one field. For an array, all but ``min_items`` and ``max_items`` speak of each item."""

    unit: str | None = Field(None, description="unit of the value: m, h, degrees, UTC, bytes, rows, H3 cell")
    minimum: float | None = Field(None, description="smallest number allowed")
    maximum: float | None = Field(None, description="largest number allowed")
    min_length: int | None = Field(None, ge=0, description="fewest characters (bytes, for bytes)")
    max_length: int | None = Field(None, ge=1, description="most characters (bytes, for bytes)")
    min_items: int | None = Field(None, ge=0, description="fewest items of an array")
    max_items: int | None = Field(None, ge=1, description="most items of an array")
    pattern: str | None = Field(None, description="regular expression that the whole text must match")
    code_list: str | None = Field(None, description="code list, schemas/codes/<name>.toml, that the text must be in")
    earliest: datetime | None = Field(None, description="earliest time allowed")
    latest: Literal["now"] | None = Field(None, description="now: no later than the clock, plus the allowed skew")
    reason: str = Field("bad_value", description="rejection reason of a fault in this field")
    sensitivity: Literal["ordinary", "free_text", "unchecked"] = Field(
        "ordinary", description="free_text is scrubbed at the gate; unchecked holds bytes that nobody has looked at"
    )
    unique: bool = Field(False, description="no two rows of the table may share it, once merged")
    repeats: bool = Field(False, description="few different values: stored by dictionary")
    example: Any = Field(None, description="a value as it may be; times as ISO 8601")

    @field_validator("earliest")
    @classmethod
    def _utc(cls, value: datetime | None) -> datetime | None:
        return value.astimezone(UTC) if value else None


class PartNotes(Notes):
    """Annotations of a shared block of fields."""

    title: str = Field(description="what the block says, for people")
    order: tuple[tuple[str, str], ...] = Field((), description="pairs of fields of which the first is never later")


class StageNotes(Notes):
    """Where a record stands on its way: the topic, its settings and its subject."""

    topic: str = Field(description="name of the topic; {district} stands for the district's name")
    subject: str = Field(description="subject in the registry")
    key: tuple[str, ...] = Field(min_length=1, description="fields whose values, joined by a colon, are the key")
    doc: str = Field(description="what the topic holds and how to read it")
    dead_letter: str = Field(description="topic for what cannot be read from here; none where nothing can fail")
    parts: tuple[str, ...] = Field((), description="further parts that the record has in this stage only")
    partitions: int = Field(1, ge=1)
    cleanup: Literal["delete", "compact", "compact,delete"] = "delete"
    retention_days: int | None = Field(None, ge=1, description="none with cleanup compact")
    max_message_bytes: int = Field(2_097_152, ge=1)


class WhenNotes(Notes):
    """A rule about fields that hangs on a code of another."""

    field: str = Field(description="the coded field")
    codes: tuple[str, ...] = Field(min_length=1, description="its codes of which the rule speaks")
    fields: tuple[str, ...] = Field(min_length=1, description="fields that may be null, of which the rule speaks")


class StorageNotes(Notes):
    """The ClickHouse table of a record."""

    stage: str = Field(description="stage whose records are landed")
    table: str
    order_by: tuple[str, ...] = Field(min_length=1, description="what makes two rows the same record")
    version: str = Field(description="column whose highest value wins among rows of the same record")
    version_expression: str | None = Field(None, description="how to work the version out, where it is no field")
    partition_by: str = Field(description="made of what a revision never changes: merges stay within a partition")
    retention_days: int = Field(ge=1, le=1826, description="days from landing to deletion; five years at most")
    leave_out: tuple[str, ...] = Field((), description="fields that are never landed")
    deleted: str | None = Field(None, description="boolean column: a row in which it is true is none, once merged")
    owner: str | None = Field(
        None, description="column of the one district whose analysts may read the row, where no visible_to says it"
    )


class RecordNotes(Notes):
    """Annotations of a record type."""

    title: str
    parts: tuple[str, ...] = Field(
        (), description="shared blocks of fields, in records/parts/, in order; own stands for the record's own fields"
    )
    stages: dict[str, StageNotes] = Field(min_length=1)
    optional: tuple[str, ...] = Field(
        (),
        description="those of its parts whose fields may be null: what the part needs is given together or not at all",
    )
    storage: StorageNotes | None = Field(None, description="none: not landed")
    order: tuple[tuple[str, str], ...] = Field((), description="pairs of fields of which the first is never later")
    within: tuple[tuple[str, str, int], ...] = Field(
        (), description="pairs of times of which the second is at most so many days after the first"
    )
    examples: dict[str, Any] = Field({}, description="examples for fields of its parts, where this record has others")
    needed_when: tuple[WhenNotes, ...] = Field((), description="fields that must be given with these codes")
    only_when: tuple[WhenNotes, ...] = Field((), description="fields that may be given only with these codes")


def parse(model: type[Model], notes: object, where: str) -> Model:
    """Read annotations, or say what is wrong with them.

    Args:
        model: what they must be.
        notes: the value of the key ``"crossbeat"``.
        where: file and field, for the message.

    Raises:
        ContractError: naming the file, the field, the annotation and the nearest name known.
    """
    try:
        return model.model_validate(notes)
    except ValidationError as error:
        raise ContractError(f"{where}: " + "; ".join(_explain(model, e) for e in error.errors())) from None


def _explain(model: type[BaseModel], error: Any) -> str:
    path = ".".join(str(part) for part in error["loc"])
    if error["type"] != "extra_forbidden":
        return f"annotation {path}: {error['msg'].lower()}"
    unknown = str(error["loc"][-1])
    known = {
        n
        for m in (model, StageNotes, StorageNotes, WhenNotes)
        if m is model or len(error["loc"]) > 1
        for n in m.model_fields
    }
    near = difflib.get_close_matches(unknown, known, n=1, cutoff=0.5)
    hint = f"did you mean '{near[0]}'?" if near else f"known are {', '.join(sorted(known))}"
    return f"unknown annotation '{path}': {hint}"
