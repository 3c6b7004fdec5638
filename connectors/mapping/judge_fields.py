"""What is wrong with one field of a mapping: keys that do not go with it, codes that it does not know."""

from __future__ import annotations

from collections.abc import Iterator

from connectors.mapping import arrays
from connectors.mapping.field_spec import FieldFrom
from connectors.mapping.spec import Spec
from connectors.mapping.targets import H3_CELL, Target
from connectors.mapping.translate import depth
from streams.toml_file import nearest

Problem = tuple[tuple[str, ...], str]
"""The key, from the top of the file, and words."""


def check_field(spec: Spec, field: FieldFrom, target: Target, known: dict[str, Target]) -> Iterator[Problem]:
    """Everything that is wrong with one field of a mapping; ``known`` are the fields that the record type has."""
    yield from _keys(field, target)
    yield from _codes(field, target, known)
    where = ("fields", target.name)
    if target.kind == "time" and (field.codes is not None or field.constant is not None or field.empty is not None):
        yield where, "a time comes from a column: leave codes, constant and empty out"
    if target.kind == "time" and spec.time is None:
        yield ("time",), "is missing: say the zone of the clock on which the file's times are read"
    if field.cell_of_place and spec.place is None:
        yield ("place",), f"is missing: fields.{target.name} is worked out from it"
    if target.kind in {"integer", "number"} and not target.array and field.columns is not None and not field.codes:
        yield (*where, "columns"), "a number comes from one column"
    if target.array:
        for key, value in (("constant", field.constant), ("empty", field.empty)):
            yield from (((*where, key), fault.message) for fault in arrays.faults(value, target))
    elif isinstance(field.constant, tuple) or isinstance(field.empty, tuple):
        yield where, "holds one value, not several"
    if target.array and field.codes is not None and depth(field.codes) > 1:
        yield (
            (*where, "codes"),
            "has tables within tables, which do not go with several values: use one table",
        )
    elif not target.array and any(isinstance(value, tuple) for value in (field.codes or {}).values()):
        yield (*where, "codes"), "gives several values where the field holds one"
    elif field.codes is not None and depth(field.codes) > max(1, len(field.columns or ())):
        yield (*where, "codes"), "has tables within tables, one level for each of several columns: name the columns"


def _keys(field: FieldFrom, target: Target) -> Iterator[Problem]:
    where = ("fields", target.name)
    if field.unit is not None and target.unit != "m":
        yield (*where, "unit"), "the field is no length: leave it out, or see scale"
    for key, fits in (
        ("split", target.array),
        ("cell_of_place", target.array and target.unit == H3_CELL),
        ("plate", target.name == "vehicle_token"),
        ("hash_of", target.kind == "text" and not target.array),
        ("template", target.kind == "text" and not target.array),
        ("scale", target.kind in {"integer", "number"}),
        ("format", target.kind == "time"),
        ("hour", target.kind == "time"),
        ("clock", target.kind == "time"),
        ("plus_days", target.kind == "time"),
        ("when", target.nullable),
    ):
        if getattr(field, key) is not None and not fits:
            yield (*where, key), f"does not go with {target.name}: leave it out"


def _codes(field: FieldFrom, target: Target, known: dict[str, Target]) -> Iterator[Problem]:
    where = ("fields", target.name)
    for name, codes in (field.when or {}).items():
        other = known.get(name)
        if other is None or other.codes is None:
            yield (
                (*where, "when"),
                f'"{name}" is no coded field{nearest(name, [n for n, t in known.items() if t.codes])}',
            )
            continue
        for code in codes:
            if code not in other.codes:
                yield (
                    (*where, "when"),
                    f'"{code}" is not in the code list {other.code_list}{nearest(code, other.codes)}',
                )
    if target.codes is not None:
        for key, value in field.shared():
            if value not in target.codes:
                hint = nearest(str(value), target.codes)
                yield (*where, key), f'"{value}" is not in the code list {target.code_list}{hint}'
