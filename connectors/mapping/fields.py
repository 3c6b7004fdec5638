"""The plain fields of a record: renamed, joined, constant, translated by a table, numbers with a unit, times, lists."""

from __future__ import annotations

import string
from collections.abc import Iterable
from dataclasses import dataclass

import polars as pl

from connectors.mapping import arrays, secret, times
from connectors.mapping.draft import Draft
from connectors.mapping.field_spec import FieldFrom, Leaf
from connectors.mapping.spec import Times
from connectors.mapping.targets import DEFAULTS, Kind, Target
from connectors.mapping.translate import translate

METRES = {"m": 1.0, "km": 1_000.0, "ft": 0.3048, "yd": 0.9144, "mi": 1_609.344}
"""Length of each unit in metres (international foot, yard and mile)."""

KINDS: dict[Kind, type[pl.DataType]] = {
    "text": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "time": pl.Int64,
}
TRUE, FALSE = ("true", "t", "yes", "y", "1", "1.0"), ("false", "f", "no", "n", "0", "0.0")
"""What a file may write for yes and no without a table of codes, in any case of letters."""
DAY_MS = 86_400_000
LATEST_MS = 253_402_300_799_999
"""The end of the year 9999."""


@dataclass(frozen=True, slots=True)
class Around:
    """What fields need beside the row: the clock of its times, the present, the keys of secrets."""

    times: Times | None
    now_ms: int
    keys: secret.Keys


def parse_template(template: str) -> Iterable[tuple[str, str | None, str | None, str | None]]:
    """The literals of a template and the names between them."""
    return string.Formatter().parse(template)


def filled(draft: Draft, template: str) -> pl.Series:
    """A template's text for each row; null where a column of it is empty."""
    names = {name for _, name, _, _ in parse_template(template) if name}
    columns = [(draft.out["district"] if name == "district" else draft.text(name)).alias(f"c:{name}") for name in names]
    parts = [
        piece
        for literal, name, _, _ in parse_template(template)
        for piece in (pl.lit(literal), *((pl.col(f"c:{name}"),) if name else ()))
    ]
    return pl.DataFrame(columns).select(pl.concat_str(parts)).to_series()


def read(draft: Draft, target: Target, source: FieldFrom | None, around: Around) -> None:
    """Put one field into the draft and mark rows whose value cannot be it."""
    if source is None:
        values = _constant(DEFAULTS.get(target.name), target, len(draft))
    elif source.constant is not None:
        values = _constant(source.constant, target, len(draft))
    elif source.secret():
        values = secret.read(draft, target, source, around.keys)
    elif source.cell_of_place:
        values = arrays.cells(draft)
    elif target.array:
        values = arrays.read(draft, target, source)
    elif target.kind == "text":
        values = _text(draft, target, source)
    elif target.kind == "time":
        values = _time(draft, target, source, around)
    elif target.kind == "boolean":
        values = _boolean(draft, target, source)
    else:
        values = _number(draft, target, source)
    draft.out[target.name] = values


def only_when(draft: Draft, target: Target, when: dict[str, tuple[str, ...]]) -> None:
    """Leave the field empty in rows whose other fields have none of these codes."""
    for name, codes in when.items():
        other = draft.out[name].is_in(list(codes)).fill_null(False)
        draft.out[target.name] = draft.out[target.name].set(~other, None)


def _constant(value: Leaf | None, target: Target, length: int) -> pl.Series:
    if target.array:
        return arrays.constant(value, target, length)
    return pl.Series("", [value], dtype=KINDS[target.kind], strict=False).new_from_index(0, length)


def _text(draft: Draft, target: Target, source: FieldFrom) -> pl.Series:
    columns = ", ".join(source.sources())
    if source.template is not None:
        local = filled(draft, source.template)
    else:
        local = draft.joined(source.sources(), source.separator)
    values = local
    # What a reader puts in place of bytes that are no text in the file's encoding.
    garbled = f"column {columns} holds bytes that are no text in this encoding: see input.encoding"
    draft.reject(local.str.contains("\ufffd", literal=True).fill_null(False), "bad_value", target.name, garbled)
    if source.codes is not None:
        values = translate(draft, source, local)
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
    if target.pattern is not None:
        unlike = f"column {columns} is not written as {target.name} must be: {target.pattern}; see template and codes"
        bad = ~values.str.contains(f"^(?:{target.pattern})$").fill_null(True)
        draft.reject(bad, target.reason, target.name, unlike, local)
    return values


def _number(draft: Draft, target: Target, source: FieldFrom) -> pl.Series:
    columns = ", ".join(source.sources())
    local = draft.joined(source.sources(), source.separator)
    if source.codes is not None:
        coded = translate(draft, source, local)
        unknown = f"the value of column {columns} is not in fields.{target.name}.codes: add it, or give a default"
        draft.reject(local.is_not_null() & coded.is_null(), "unmapped", target.name, unknown, local)
        values, bad = coded.cast(pl.Float64, strict=False), coded.is_null() & local.is_not_null()
    else:
        values, bad = draft.number(source.sources()[0], source.decimal)
    message = f"column {columns} is no number: mend the row, or see fields.{target.name}.decimal"
    draft.reject(bad, "bad_value", target.name, message, local)
    if source.unit is not None or source.scale is not None:
        values = values * (METRES[source.unit] if source.unit else 1.0) * (source.scale or 1.0)
    if source.empty is not None:
        values = values.set(values.is_null() & ~bad, float(str(source.empty)))
    elif not target.nullable:
        draft.reject(values.is_null() & ~bad, "bad_value", target.name, f"column {columns} is empty: mend the row")
    for limit, sign in ((target.minimum, -1), (target.maximum, 1)):
        if limit is not None:
            beyond = ((values - limit) * sign > 0).fill_null(False)
            draft.reject(beyond, target.reason, target.name, f"beyond {limit:g}: mend the row", values)
    if target.kind == "integer":
        broken = (values != values.floor()).fill_null(False)
        draft.reject(broken, "bad_value", target.name, f"column {columns} is no whole number: mend the row", values)
        return values.set(broken, None).cast(pl.Int64, strict=False)
    return values


def _boolean(draft: Draft, target: Target, source: FieldFrom) -> pl.Series:
    columns = ", ".join(source.sources())
    local = draft.joined(source.sources(), source.separator)
    told = translate(draft, source, local) if source.codes is not None else local.str.to_lowercase()
    table = {**dict.fromkeys(TRUE, True), **dict.fromkeys(FALSE, False)}
    values = told.replace_strict(table, default=None, return_dtype=pl.Boolean)
    unknown = f"column {columns} is neither yes nor no: translate it by fields.{target.name}.codes"
    draft.reject(local.is_not_null() & values.is_null(), "unmapped", target.name, unknown, local)
    if source.empty is not None:
        values = values.set(local.is_null(), bool(source.empty))
    elif not target.nullable:
        draft.reject(local.is_null(), "bad_value", target.name, f"column {columns} is empty: mend the row")
    return values


def _time(draft: Draft, target: Target, source: FieldFrom, around: Around) -> pl.Series:
    columns = ", ".join(source.sources())
    utc, bad = times.read(draft, source.moment(), around.times or Times(zone="UTC"))
    if source.plus_days is not None:
        utc = (utc + round(source.plus_days * DAY_MS)).cast(pl.Int64)
    told = draft.joined(source.sources(), " ")
    unread = f"no time in column {columns}: see fields.{target.name}.format, or mend the row"
    draft.reject(bad, "bad_time", target.name, unread, told)
    if not target.nullable:
        draft.reject(utc.is_null() & ~bad, "bad_time", target.name, f"column {columns} is empty: mend the row")
    outside = ((utc < 0) | (utc > LATEST_MS)).fill_null(False)
    draft.reject(outside, "bad_time", target.name, "the time is before 1970 or after 9999: mend the row", told)
    if target.past:
        ahead = "the time lies ahead of now: mend the row, or see time.zone"
        draft.reject((utc > around.now_ms).fill_null(False), "bad_time", target.name, ahead, told)
    return utc
