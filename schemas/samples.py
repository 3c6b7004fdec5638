"""Samples: records that must pass the check of their contract, and records that must fail it, and how.

``samples/<record>/<case>.pass.json`` and ``<case>.fail.json`` hold ``stage``, ``why`` in words, the ``record``, and for
a failing one its ``faults`` as ``reason:field``. In a record, times are ISO 8601, bytes are text of one byte a
character, and numbers that JSON does not know are ``"NaN"`` and ``"Infinity"``.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from schemas import contracts
from schemas.contract import Contract, Field

FOLDER = Path(__file__).parent / "samples"
NUMBERS = {"NaN", "Infinity", "-Infinity"}


@dataclass(frozen=True)
class Sample:
    """One sample. ``faults`` are empty where it must pass; ``record`` is as Avro would decode it."""

    contract: Contract
    case: str
    stage: str
    why: str
    faults: tuple[str, ...]
    record: dict[str, Any]


def all() -> list[Sample]:
    """Every sample, by record and case."""
    return [load(path) for path in sorted(FOLDER.glob("*/*.json"))]


def load(path: Path) -> Sample:
    """Read one sample.

    Raises:
        ContractError: its folder names no record type, or its stage is none of that type.
        ValueError: its name tells no outcome, or one that its faults deny.
    """
    contract = contracts.get(path.parent.name)
    case, _, outcome = path.stem.rpartition(".")
    said = json.loads(path.read_text(encoding="utf-8"))
    faults = tuple(said.get("faults", ()))
    if outcome not in {"pass", "fail"} or (outcome == "fail") != bool(faults):
        raise ValueError(f"{path.name}: name it <case>.pass.json, or <case>.fail.json and list its faults")
    return Sample(contract, case, said["stage"], said["why"], faults, decode(contract, said["stage"], said["record"]))


def decode(contract: Contract, stage: str, record: Mapping[str, Any]) -> dict[str, Any]:
    """A record as it stands in a sample or an example, turned into what Avro decodes: times into UTC milliseconds."""
    fields = {field.name: field for field in contract.fields(stage)}
    return {name: _value(fields.get(name), value) for name, value in record.items()}


def example(contract: Contract, stage: str) -> dict[str, Any]:
    """A record made of the examples of the contract's fields."""
    return decode(contract, stage, {field.name: field.notes.example for field in contract.fields(stage)})


def _value(field: Field | None, value: Any) -> Any:
    if field is None or not isinstance(value, str):
        return value
    if field.kind == "timestamp":
        return int(datetime.fromisoformat(value).timestamp() * 1000)
    if field.kind == "bytes":
        return value.encode("latin-1")
    if field.kind in {"float", "double"} and value in NUMBERS:
        return float(value)
    return value
