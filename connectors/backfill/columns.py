"""Framed Avro from columns, twice as fast as from records.

An Avro record is its fields' bytes one after the other. So consecutive fields that vary are written together as a
small record, and those of few different values (codes, districts, what is constant in a file) once for each
combination. Every byte is written by fastavro; a test holds the result against :class:`streams.codec.Encoder`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from io import BytesIO
from itertools import groupby, islice, repeat
from operator import itemgetter
from typing import Any

import fastavro
import polars as pl

from streams.codec import HEAD, plain
from streams.registry import AvroSchema

FEW = 64
"""Up to so many different values in a chunk, a column is written by combinations."""
SHORT = 2
"""Fields in a run that is not worth a part of its own."""


class ColumnEncoder:
    """Encode chunks of records of one schema under its registry id."""

    def __init__(self, schema_id: int, schema: AvroSchema) -> None:
        self._head = HEAD.pack(0, schema_id)
        self._fields: list[dict[str, Any]] = plain(schema)["fields"]
        self._parsed: dict[tuple[str, ...], Any] = {}

    def __call__(self, records: pl.DataFrame, constants: Mapping[str, Any]) -> Iterator[bytes]:
        """The records in order. A field is a column of ``records`` or else a constant."""
        many = {series.name for series in records if _varies(series)}
        parts: list[Iterator[bytes]] = [repeat(self._head)]
        for varying, names in self._groups(many):
            encode = self._varying if varying else self._repeating
            parts.append(encode(records, names, constants))
        # What is constant repeats without end: the count of rows ends it.
        return islice(map(b"".join, zip(*parts, strict=False)), records.height)

    def _groups(self, many: set[str]) -> Iterator[tuple[bool, tuple[str, ...]]]:
        """Runs of consecutive fields, varying or not; a short run between varying ones goes with them."""
        runs = [
            (varying, tuple(field["name"] for field in group))
            for varying, group in groupby(self._fields, key=lambda field: field["name"] in many)
        ]
        for index in range(1, len(runs) - 1):
            if not runs[index][0] and len(runs[index][1]) <= SHORT:
                runs[index] = (True, runs[index][1])
        for varying, merged in groupby(runs, key=itemgetter(0)):
            yield varying, tuple(name for _, names in merged for name in names)

    def _varying(self, records: pl.DataFrame, names: tuple[str, ...], constants: Mapping[str, Any]) -> Iterator[bytes]:
        schema = self._schema(names)
        columns = (pl.col(name) if name in records.columns else pl.lit(constants[name]).alias(name) for name in names)
        return (_write(schema, row) for row in records.select(columns).iter_rows(named=True))

    def _repeating(
        self, records: pl.DataFrame, names: tuple[str, ...], constants: Mapping[str, Any]
    ) -> Iterator[bytes]:
        schema = self._schema(names)
        columns = [name for name in names if name in records.columns]
        same = {name: constants[name] for name in names if name not in records.columns}
        if not columns:
            return repeat(_write(schema, same))
        known: dict[tuple[Any, ...], bytes] = {
            row: _write(schema, same | dict(zip(columns, row, strict=True)))
            for row in records.select(columns).unique().iter_rows()
        }
        return (known[row] for row in records.select(columns).iter_rows())

    def _schema(self, names: tuple[str, ...]) -> Any:
        if names not in self._parsed:
            fields = [field for field in self._fields if field["name"] in names]
            body = {"type": "record", "name": f"Part{len(self._parsed)}", "fields": fields}
            self._parsed[names] = fastavro.parse_schema(body)
        return self._parsed[names]


def _varies(series: pl.Series) -> bool:
    """Whether a column is written row by row: one with nulls, with lists, or of many different values."""
    return series.dtype.is_nested() or series.null_count() > 0 or series.n_unique() > FEW


def _write(schema: Any, record: Mapping[str, Any]) -> bytes:
    out = BytesIO()
    fastavro.schemaless_writer(out, schema, record)
    return out.getvalue()
