"""Fields that hold several values: the items of a text, of several columns, or of a list that the file has itself."""

from __future__ import annotations

import json
import re

import h3
import polars as pl

from connectors.mapping.draft import Draft
from connectors.mapping.field_spec import FieldFrom, Leaf
from connectors.mapping.targets import H3_CELL, Target
from connectors.mapping.translate import text_of
from schemas.fault import Fault

_HEXADECIMAL = re.compile(r"[0-9a-f]{15,16}", re.IGNORECASE)
CELL_RESOLUTION = 9
Item = str | int | float | bool


def read(draft: Draft, target: Target, source: FieldFrom) -> pl.Series:
    """The items of each row. A text is looked at once, however often it stands in the chunk."""
    columns = source.columns or (source.column or "",)
    rows: list[list[Item]] = [[] for _ in range(len(draft))]
    given = pl.Series([False]).new_from_index(0, len(draft))
    for name in columns:
        texts = draft.listed(name)
        given = given | texts.is_not_null()
        known: dict[str, list[Item] | Fault] = {}
        faults: dict[Fault, list[bool]] = {}
        for index, text in enumerate(texts.to_list()):
            if text is None:
                continue
            if text not in known:
                known[text] = _items(text, target, source, name)
            found = known[text]
            if isinstance(found, Fault):
                faults.setdefault(found, [False] * len(draft))[index] = True
            else:
                rows[index] = [*rows[index], *(item for item in found if item not in rows[index])]
        for fault, mask in faults.items():
            draft.reject(pl.Series(mask), fault.reason, target.name, fault.message, texts)
    if source.empty is not None:
        filling = _constant_items(source.empty, target)
        rows = [row if there else filling for row, there in zip(rows, given.to_list(), strict=True)]
    values = pl.Series("", rows, dtype=pl.List(_ITEMS[target.kind]))
    _check_counts(draft, target, values, ", ".join(columns))
    return values


def constant(value: Leaf | None, target: Target, length: int) -> pl.Series:
    """The same items in every row; none where there is no value."""
    items = [] if value is None else _constant_items(value, target)
    return pl.Series("", [items], dtype=pl.List(_ITEMS[target.kind])).new_from_index(0, length)


def cells(draft: Draft) -> pl.Series:
    """For each row the one cell in which its place lies; none where the row has no good place."""
    pairs = zip(draft.out["lat"].to_list(), draft.out["lon"].to_list(), draft.good().to_list(), strict=True)
    found = [
        [h3.str_to_int(h3.latlng_to_cell(lat, lon, CELL_RESOLUTION))] if good and lat is not None else []
        for lat, lon, good in pairs
    ]
    return pl.Series("", found, dtype=pl.List(pl.Int64))


_ITEMS: dict[str, type[pl.DataType]] = {
    "text": pl.String,
    "integer": pl.Int64,
    "number": pl.Float64,
    "boolean": pl.Boolean,
    "time": pl.Int64,
}


def _items(text: str, target: Target, source: FieldFrom, column: str) -> list[Item] | Fault:
    items: list[Item] = []
    for part in _parts(text, source):
        shared: tuple[str, ...] = (part,)
        if source.codes is not None:
            leaf = source.codes.get(part, source.default)
            if leaf is None or isinstance(leaf, dict):
                words = f"an item of column {column} is not in fields.{target.name}.codes: add it, or give a default"
                return Fault("unmapped", target.name, words)
            shared = tuple(text_of(one) for one in leaf) if isinstance(leaf, tuple) else (text_of(leaf),)
        for one in shared:
            item = _item(one, target, column)
            if isinstance(item, Fault):
                return item
            if item not in items:
                items.append(item)
    return items


def _parts(text: str, source: FieldFrom) -> list[str]:
    listed: object = None
    if text.startswith("["):
        try:
            listed = json.loads(text)
        except ValueError:
            listed = None
    if isinstance(listed, list):
        parts = [one if isinstance(one, str) else json.dumps(one) for one in listed if one is not None]
    else:
        parts = text.split(source.split) if source.split is not None else [text]
    return [part.strip() for part in parts if part.strip()]


def _item(text: str, target: Target, column: str) -> Item | Fault:
    if target.kind in {"integer", "number"}:
        return _number(text, target, column)
    if target.codes is not None and text not in target.codes:
        words = f"an item of column {column} is not in the code list {target.code_list}: translate it by codes"
        return Fault("unmapped", target.name, words)
    if target.max_length is not None and len(text) > target.max_length:
        return Fault(
            "too_large", target.name, f"an item of column {column} is longer than {target.max_length} characters"
        )
    if target.pattern is not None and not re.fullmatch(target.pattern, text):
        return Fault(
            target.reason,
            target.name,
            f"an item of column {column} is not written as {target.name} must be: see its page",
        )
    return text


def _number(text: str, target: Target, column: str) -> Item | Fault:
    try:
        if target.unit == H3_CELL:
            cell = text if _HEXADECIMAL.fullmatch(text) else h3.int_to_str(int(text))
            if not h3.is_valid_cell(cell) or h3.get_resolution(cell) != CELL_RESOLUTION:
                return Fault(
                    target.reason,
                    target.name,
                    f"an item of column {column} is no H3 cell at resolution {CELL_RESOLUTION}",
                )
            return int(h3.str_to_int(cell))
        number = float(text)
    except (ValueError, OverflowError):
        return Fault("bad_value", target.name, f"an item of column {column} is no number: mend the row, or see split")
    low, high = target.minimum, target.maximum
    if not (number >= (low if low is not None else -1e300) and number <= (high if high is not None else 1e300)):
        return Fault(target.reason, target.name, f"an item of column {column} is beyond what {target.name} may hold")
    return int(number) if target.kind == "integer" else number


def faults(value: Leaf | None, target: Target) -> list[Fault]:
    """What is wrong with the items that a mapping names itself."""
    return [item for item in _said(value, target) if isinstance(item, Fault)]


def _said(value: Leaf | None, target: Target) -> list[Item | Fault]:
    several = value if isinstance(value, tuple) else () if value is None else (value,)
    return [_item(text_of(one), target, "constant") for one in several]


def _constant_items(value: Leaf, target: Target) -> list[Item]:
    return [item for item in _said(value, target) if not isinstance(item, Fault)]


def _check_counts(draft: Draft, target: Target, values: pl.Series, columns: str) -> None:
    counts = values.list.len()
    few = f"column {columns} has fewer than {target.min_items} items for {target.name}: mend the row"
    draft.reject(counts < target.min_items, "bad_value", target.name, few)
    if target.max_items is not None:
        many = f"column {columns} has more than {target.max_items} items for {target.name}: mend the row"
        draft.reject(counts > target.max_items, "too_large", target.name, many)
