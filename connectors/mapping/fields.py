"""The plain fields of a record: renamed, joined, constant, translated by a table, or numbers with a unit."""

from __future__ import annotations

import string
from collections.abc import Iterable

import polars as pl

from connectors.mapping.draft import Draft
from connectors.mapping.spec import FieldFrom, Scalar
from connectors.mapping.targets import DEFAULTS, Target

METRES = {"m": 1.0, "km": 1_000.0, "ft": 0.3048, "yd": 0.9144, "mi": 1_609.344}
"""Length of each unit in metres (international foot, yard and mile)."""

KINDS: dict[str, type[pl.DataType]] = {"text": pl.String, "integer": pl.Int64, "number": pl.Float64}


def parse_template(template: str) -> Iterable[tuple[str, str | None, str | None, str | None]]:
    """The literals of a template and the names between them."""
    return string.Formatter().parse(template)


def read(draft: Draft, target: Target, source: FieldFrom | None) -> None:
    """Put one field into the draft and mark rows whose value cannot be it."""
    if source is None:
        draft.out[target.name] = _constant(DEFAULTS.get(target.name), target, len(draft))
    elif source.constant is not None:
        draft.out[target.name] = _constant(source.constant, target, len(draft))
    elif target.kind == "text":
        draft.out[target.name] = _text(draft, target, source)
    else:
        draft.out[target.name] = _number(draft, target, source)


def _constant(value: Scalar | None, target: Target, length: int) -> pl.Series:
    return pl.Series("", [value], dtype=KINDS[target.kind], strict=False).new_from_index(0, length)


def _text(draft: Draft, target: Target, source: FieldFrom) -> pl.Series:
    columns = ", ".join(source.sources())
    local = draft.joined(source.sources(), source.separator)
    values = local
    # What a reader puts in place of bytes that are no text in the file's encoding.
    garbled = f"column {columns} holds bytes that are no text in this encoding: see input.encoding"
    draft.reject(local.str.contains("\ufffd", literal=True).fill_null(False), "bad_value", target.name, garbled)
    if source.codes is not None:
        values = local.replace_strict(source.codes, default=source.default, return_dtype=pl.String)
        values = values.set(local.is_null(), None)
        unknown = f"the value of column {columns} is not in fields.{target.name}.codes: add it, or give a default"
        draft.reject(local.is_not_null() & values.is_null(), "unmapped", target.name, unknown, local)
    elif target.codes is not None:
        unknown = f"the value of column {columns} is not in the code list {target.code_list}: translate it by codes"
        draft.reject(~values.is_in(list(target.codes)).fill_null(True), "unmapped", target.name, unknown, local)
    if source.empty is not None:
        values = values.set(local.is_null(), str(source.empty))
    elif not target.nullable:
        empty = f"column {columns} is empty: mend the row, or say fields.{target.name}.empty"
        draft.reject(local.is_null(), "bad_value", target.name, empty)
    if target.max_length is not None:
        long = f"longer than {target.max_length} characters: shorten it"
        draft.reject((values.str.len_chars() > target.max_length).fill_null(False), "too_large", target.name, long)
    return values


def _number(draft: Draft, target: Target, source: FieldFrom) -> pl.Series:
    (column,) = source.sources()
    values, bad = draft.number(column, source.decimal)
    message = f"column {column} is no number: mend the row, or see fields.{target.name}.decimal"
    draft.reject(bad, "bad_value", target.name, message, draft.text(column))
    if source.empty is not None:
        values = values.set(values.is_null() & ~bad, float(source.empty))
    elif not target.nullable:
        draft.reject(values.is_null() & ~bad, "bad_value", target.name, f"column {column} is empty: mend the row")
    if source.unit is not None:
        values = values * METRES[source.unit]
    for limit, beyond in ((target.minimum, values < target.minimum), (target.maximum, values > target.maximum)):
        if limit is not None:
            draft.reject(beyond.fill_null(False), target.reason, target.name, f"beyond {limit:g}: mend the row", values)
    if target.kind == "integer":
        broken = (values != values.floor()).fill_null(False)
        draft.reject(broken, "bad_value", target.name, f"column {column} is no whole number: mend the row", values)
        return values.set(broken, None).cast(pl.Int64, strict=False)
    return values
