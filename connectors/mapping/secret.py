"""Values that must not leave the district: a plate becomes its token, other columns a number that tells nothing."""

from __future__ import annotations

import secrets as random
from collections.abc import Callable
from functools import cache

import polars as pl

from connectors.intake.plates import LEAST, MOST, Secrets
from connectors.mapping.draft import Draft
from connectors.mapping.field_spec import FieldFrom
from connectors.mapping.targets import Target

Keys = Callable[[str], Secrets]
"""The secret keys of a district, by its name."""


@cache
def rehearsed(district: str) -> Secrets:
    """Keys that nobody keeps, for a rehearsal: of the right form and never the district's own."""
    return Secrets(identity=random.token_bytes(32), number=0, plate_key=random.token_bytes(32))


def read(draft: Draft, target: Target, source: FieldFrom, keys: Keys) -> pl.Series:
    """The tokens or numbers, by the keys of each row's own district. A rejection never shows what was read."""
    owners = draft.out["district"].to_list()
    if source.plate is not None:
        column = source.plate
        texts = draft.text(column)
        tokens = [
            None if text is None or owner is None else keys(owner).token(text)
            for text, owner in zip(texts.to_list(), owners, strict=True)
        ]
        values = pl.Series("", tokens, dtype=pl.String)
        words = f"column {column} holds no plate: {LEAST} to {MOST} letters and digits are one; mend the row"
        draft.reject(texts.is_not_null() & values.is_null(), "bad_value", target.name, words)
    else:
        column = ", ".join(source.hash_of or ())
        values = named(draft, source.hash_of or (), keys)
    if not target.nullable:
        draft.reject(values.is_null(), "bad_value", target.name, f"column {column} is empty: mend the row")
    return values


def named(draft: Draft, columns: tuple[str, ...], keys: Keys) -> pl.Series:
    """32 hexadecimal digits for the values of several columns, of no use without the key; null where all are empty."""
    rows = zip(*(draft.text(name).to_list() for name in columns), strict=True)
    owners = draft.out["district"].to_list()
    names = [
        None
        if owner is None or all(value is None for value in row)
        else keys(owner).name(*((value or "").encode() for value in row))
        for row, owner in zip(rows, owners, strict=True)
    ]
    return pl.Series("", names, dtype=pl.String)
