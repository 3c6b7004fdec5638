"""Local values to shared ones, by a table of codes or by tables within it, one level a column."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from connectors.mapping.draft import Draft
from connectors.mapping.field_spec import ANY, Codes, FieldFrom, Scalar

_BETWEEN = "\x1f"


def text_of(value: Scalar) -> str:
    """A value of the mapping as the text that a file would have of it."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def translate(draft: Draft, source: FieldFrom, local: pl.Series) -> pl.Series:
    """The values that ``codes`` gives for each row's text; null where it gives none and for an empty row."""
    codes = source.codes or {}
    if any(isinstance(value, dict) for value in codes.values()):
        values = _by_levels(draft, source.sources(), codes)
        if source.default is not None:
            values = values.fill_null(text_of(source.default))
    else:
        flat = {key: text_of(value) for key, value in codes.items() if not isinstance(value, tuple | dict)}
        default = None if source.default is None else text_of(source.default)
        values = local.replace_strict(flat, default=default, return_dtype=pl.String)
    return values.set(local.is_null(), None)


def depth(codes: Mapping[str, object]) -> int:
    """How many columns a table of codes speaks of."""
    return 1 + max((depth(value) for value in codes.values() if isinstance(value, Mapping)), default=0)


def _by_levels(draft: Draft, columns: tuple[str, ...], codes: Codes) -> pl.Series:
    """The deepest entry that fits wins; what is not named at a level falls under its ``*``."""
    texts = [draft.text(name).fill_null("") for name in columns]
    paths = dict(_paths(codes))
    frame = pl.DataFrame([text.alias(str(index)) for index, text in enumerate(texts)])
    joined = frame.select(pl.concat_str(pl.all(), separator=_BETWEEN)).to_series()
    found = {text: _find(paths, tuple(text.split(_BETWEEN))) for text in joined.unique().to_list()}
    return joined.replace_strict(found, default=None, return_dtype=pl.String)


def _find(paths: dict[tuple[str, ...], str], row: tuple[str, ...]) -> str | None:
    for level in range(len(row), 0, -1):
        for last in (row[level - 1], ANY):
            value = paths.get((*row[: level - 1], last))
            if value is not None:
                return value
    return None


def _paths(codes: Mapping[str, object], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], str]]:
    for key, value in codes.items():
        if isinstance(value, Mapping):
            yield from _paths(value, (*above, key))
        elif isinstance(value, Scalar):
            yield (*above, key), text_of(value)
