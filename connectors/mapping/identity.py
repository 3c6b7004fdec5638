"""What a record is called: the section [id]."""

from __future__ import annotations

from hashlib import blake2b

import polars as pl

from connectors.mapping import fields, secret
from connectors.mapping.draft import Draft
from connectors.mapping.spec import Identity

RECORD_ID = r"^[A-Za-z0-9][A-Za-z0-9._:/-]{0,127}$"


def put(draft: Draft, spec: Identity, keys: secret.Keys) -> None:
    """Put ``record_id`` into the draft, which has the districts already, and mark rows that have none that is good."""
    if spec.hash_of is not None:
        digests = _digests(draft, spec.hash_of, keys)
        frame = pl.DataFrame([draft.out["district"].alias("district"), digests.alias("hash")])
        identity = frame.select(pl.format("{}:{}", "district", "hash")).to_series()
    else:
        for name in spec.template_columns():
            empty = draft.text(name).is_null()
            draft.reject(empty, "bad_value", "record_id", f"column {name} is empty: the record id needs it")
        identity = fields.filled(draft, spec.template or "")
    message = "the record id may have A-Z a-z 0-9 . _ : / - and 128 characters at most: see id"
    draft.reject(~identity.str.contains(RECORD_ID).fill_null(True), "bad_value", "record_id", message, identity)
    draft.out["record_id"] = identity


def _digests(draft: Draft, columns: tuple[str, ...], keys: secret.Keys) -> pl.Series:
    if draft.secret.intersection(columns):
        # Whoever knows the other columns could try all plates: only the district's key makes it safe.
        return secret.named(draft, columns, keys)
    joined = pl.DataFrame(
        [draft.text(name).fill_null("").alias(str(index)) for index, name in enumerate(columns)]
    ).select(pl.concat_str(pl.all(), separator="\x1f"))
    digests = [blake2b(text.encode(), digest_size=12).hexdigest() for text in joined.to_series().to_list()]
    return pl.Series("hash", digests, dtype=pl.String)
