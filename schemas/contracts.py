"""All contracts: ``contracts.get("incident")``, ``contracts.all()``. Read once from ``schemas/records/``."""

from __future__ import annotations

import difflib
import json
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from schemas import codes, consistency
from schemas.annotations import FieldNotes, PartNotes, RecordNotes, parse
from schemas.contract import Contract, Field
from schemas.errors import ContractError

FOLDER = Path(__file__).parent / "records"
NOTES = "crossbeat"
OWN = "own"
PRIMITIVES = frozenset({"string", "int", "long", "float", "double", "boolean", "bytes"})
RECORD_KEYS = frozenset({"type", "name", "namespace", "doc", "fields", NOTES})
FIELD_KEYS = frozenset({"name", "type", "doc", "default", NOTES})


def get(name: str) -> Contract:
    """The contract of a record type.

    Raises:
        ContractError: there is none of that name, or a contract file cannot be used.
    """
    known = _load_all(FOLDER)
    if name not in known:
        near = difflib.get_close_matches(name, known, n=1)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        raise ContractError(f"no contract {name}: {hint}")
    return known[name]


def all() -> tuple[Contract, ...]:
    """All contracts, by name."""
    return tuple(_load_all(FOLDER).values())


@lru_cache
def _load_all(folder: Path) -> dict[str, Contract]:
    return {path.stem: load(path) for path in sorted(folder.glob("*.avsc"))}


def load(path: Path) -> Contract:
    """Read one contract file and the parts that it names from the folder ``parts`` beside it.

    Raises:
        ContractError: naming the file, the field and what to do.
    """
    record = _read(path)
    notes = parse(RecordNotes, record[NOTES], _where(path))
    parts = {name: _part(path, name) for name in _part_names(notes)}
    blocks = {OWN: _fields(path, record, None)} | {
        name: [_may_be_null(field) for field in part.fields] if name in notes.optional else part.fields
        for name, part in parts.items()
    }
    sequence = notes.parts if OWN in notes.parts else (*notes.parts, OWN)
    stage_fields = {
        stage: tuple(_exemplified(field, notes) for block in (*sequence, *said.parts) for field in blocks[block])
        for stage, said in notes.stages.items()
    }
    order = (*notes.order, *(pair for name in notes.parts if name != OWN for pair in parts[name].notes.order))
    together = tuple(needed for name in notes.parts if name in notes.optional if (needed := _needed(parts[name])))
    titles = {name: part.notes.title for name, part in parts.items()}
    contract = Contract(
        path.stem, record["namespace"], record["name"], record["doc"], notes, stage_fields, order, together, titles
    )
    consistency.check(contract, _where(path))
    return contract


class _Part(NamedTuple):
    fields: list[Field]
    notes: PartNotes


def _part_names(notes: RecordNotes) -> list[str]:
    named = (*notes.parts, *(part for stage in notes.stages.values() for part in stage.parts))
    return [name for name in named if name != OWN]


def _part(path: Path, name: str) -> _Part:
    part = path.parent / "parts" / f"{name}.avsc"
    if not part.is_file():
        known = ", ".join(sorted(p.stem for p in part.parent.glob("*.avsc")))
        raise ContractError(f"{_where(path)}: no part {name}: there are {known}")
    record = _read(part)
    return _Part(_fields(part, record, name), parse(PartNotes, record[NOTES], _where(part)))


def _may_be_null(field: Field) -> Field:
    """The field as it is in an optional part. An array is not null there but empty."""
    if field.nullable or field.array:
        return field
    avro = {"name": field.name, "type": ["null", field.avro["type"]], "doc": field.doc, "default": None}
    return replace(field, nullable=True, avro=avro)


def _exemplified(field: Field, notes: RecordNotes) -> Field:
    if field.name not in notes.examples:
        return field
    return replace(field, notes=field.notes.model_copy(update={"example": notes.examples[field.name]}))


def _needed(part: _Part) -> tuple[str, ...]:
    """The fields that an optional part has when it is there: given together or not at all."""
    return tuple(field.name for field in part.fields if not field.nullable and not field.array)


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ContractError(f"{_where(path)}: not JSON: {error}") from None
    _keys(record, RECORD_KEYS, RECORD_KEYS, _where(path))
    return dict(record)


def _keys(found: dict[str, Any], known: frozenset[str], needed: frozenset[str], where: str) -> None:
    for key in found.keys() - known:
        near = difflib.get_close_matches(key, known, n=1, cutoff=0.5)
        hint = f"did you mean '{near[0]}'?" if near else f'put annotations under "{NOTES}"'
        raise ContractError(f"{where}: unknown attribute '{key}': {hint}")
    for key in sorted(needed - found.keys()):
        raise ContractError(f"{where}: '{key}' is missing: write it")


def _fields(path: Path, record: dict[str, Any], part: str | None) -> list[Field]:
    return [_field(path, said, part) for said in record["fields"]]


def _field(path: Path, said: dict[str, Any], part: str | None) -> Field:
    where = f"{_where(path)}: field {said.get('name', '?')}"
    _keys(said, FIELD_KEYS, FIELD_KEYS - {"default"}, where)
    notes = parse(FieldNotes, said[NOTES], where)
    kind, nullable, array = _kind(said["type"], where)
    if nullable and ("default" not in said or said["default"] is not None):
        raise ContractError(
            f'{where}: a field that may be null must say "default": null, so that it can be added later'
        )
    if notes.code_list and notes.code_list not in codes.names():
        codes.get(notes.code_list)  # says which lists there are
    # In the order that Java Avro writes them, so that Flink's text of the schema is the registered one, byte for byte.
    avro: dict[str, Any] = {key: said[key] for key in ("name", "type", "doc", "default") if key in said}
    return Field(said["name"], said["doc"], kind, nullable, array, notes, avro, part)


def _kind(avro: Any, where: str) -> tuple[str, bool, bool]:
    """Kind, nullable, array: the few shapes of type that every engine on the way can carry."""
    if isinstance(avro, list):
        if len(avro) == 2 and avro[0] == "null":
            kind, _, array = _kind(avro[1], where)
            if not array:
                return kind, True, False
    elif isinstance(avro, str):
        if avro in PRIMITIVES:
            return avro, False, False
    elif avro == {"type": "long", "logicalType": "timestamp-millis"}:
        return "timestamp", False, False
    elif set(avro) == {"type", "items"} and avro["type"] == "array":
        kind, nullable, array = _kind(avro["items"], where)
        if not nullable and not array:
            return kind, False, True
    raise ContractError(
        f"{where}: type {json.dumps(avro)} is not carried: use {', '.join(sorted(PRIMITIVES))}, a long with "
        'logicalType timestamp-millis, ["null", one of these], or an array of one of these'
    )


def _where(path: Path) -> str:
    return "/".join(path.parts[path.parts.index("records") :]) if "records" in path.parts else path.name
