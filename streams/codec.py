"""Confluent's Avro framing: byte 0, the schema's id in four bytes, the record. Fast, and no exceptions in the flow.

Timestamps stay what Avro carries, milliseconds since the epoch as int: turning each into a datetime and back costs
more than all the rest of decoding. So logical types are taken off the schemas that are read and written with here
(the registry still holds them).
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Literal

import fastavro

from streams.registry import AvroSchema, Registry

MAGIC = b"\x00"
HEAD = struct.Struct(">bI")
Record = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Defect:
    """Why bytes are no record: a value, for bad input is an ordinary case."""

    reason: Literal["bad_frame", "unknown_schema", "undecodable"]
    message: str
    schema_id: int | None = None


class Encoder:
    """Write records of one schema, under the id that the registry already gave to it."""

    def __init__(self, registry: Registry, subject: str, schema: AvroSchema) -> None:
        """Look the id up; raises :class:`streams.registry.SchemaNotRegistered` when there is none."""
        self.schema_id = registry.id_of(subject, schema)
        self._head = HEAD.pack(0, self.schema_id)
        self._schema = fastavro.parse_schema(plain(schema))

    def __call__(self, record: Record) -> bytes:
        """The record framed. Raises as fastavro does when it lacks a field or has a wrong type: our own fault then."""
        out = BytesIO()
        out.write(self._head)
        fastavro.schemaless_writer(out, self._schema, record)
        return out.getvalue()


class Decoder:
    """Read records of any version of a schema as the reader's version; each writer's schema is fetched once."""

    def __init__(self, registry: Registry, schema: AvroSchema) -> None:
        self._registry = registry
        self._reader = fastavro.parse_schema(plain(schema))
        # An id that the registry does not know is remembered for one batch only: it may be registered later.
        self._writers: dict[int, Any] = {}
        self._unknown: set[int] = set()

    def forget_unknown(self) -> None:
        """Ask the registry anew for ids that it did not know; called once a batch, so that garbage cannot flood it."""
        self._unknown.clear()

    def __call__(self, raw: bytes | None) -> Record | Defect:
        """The record, or why there is none. Raises only when the registry cannot be reached."""
        if raw is None:
            return Defect("bad_frame", "no value: a record is retracted by a retraction, not by a tombstone")
        if len(raw) < HEAD.size or raw[0] != 0:
            return Defect("bad_frame", "not framed as Confluent Avro: byte 0, then four bytes of schema id")
        schema_id = int.from_bytes(raw[1:5], "big")
        writer = self._writers.get(schema_id) or self._find(schema_id)
        if writer is None:
            return Defect("unknown_schema", f"the registry has no schema {schema_id}", schema_id)
        body = BytesIO(raw)
        body.seek(HEAD.size)
        try:
            record: object = fastavro.schemaless_reader(body, writer, None if writer is self._reader else self._reader)
        except Exception as error:  # fastavro raises a dozen kinds on bad bytes; each means the same
            return Defect("undecodable", f"schema {schema_id} does not fit: {type(error).__name__}", schema_id)
        if body.tell() != len(raw) or not isinstance(record, dict):
            return Defect("undecodable", f"{len(raw) - body.tell()} bytes left over after the record", schema_id)
        return record

    def _find(self, schema_id: int) -> Any:
        if schema_id in self._unknown:
            return None
        schema = self._registry.schema_of(schema_id)
        if schema is None:
            self._unknown.add(schema_id)
            return None
        writer = fastavro.parse_schema(plain(schema))
        # The same schema needs no resolution, which halves the time to read a record.
        self._writers[schema_id] = self._reader if writer == self._reader else writer
        return self._writers[schema_id]


def plain(schema: Any) -> Any:
    """The schema without its logical types."""
    if isinstance(schema, dict):
        return {key: plain(value) for key, value in schema.items() if key != "logicalType"}
    if isinstance(schema, list):
        return [plain(branch) for branch in schema]
    return schema
