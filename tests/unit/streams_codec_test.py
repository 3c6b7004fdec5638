"""Framing, versions and bad bytes."""

from __future__ import annotations

from typing import Any

import fastavro
import pytest
from hypothesis import given
from hypothesis import strategies as st

from streams.codec import Decoder, Defect, Encoder
from streams.registry import MemoryRegistry

SCHEMA: dict[str, Any] = {
    "type": "record",
    "name": "note",
    "fields": [
        {"name": "id", "type": "string"},
        {"name": "at", "type": {"type": "long", "logicalType": "timestamp-millis"}},
    ],
}
WIDER: dict[str, Any] = SCHEMA | {
    "fields": [*SCHEMA["fields"], {"name": "more", "type": ["null", "string"], "default": None}]
}
OTHER: dict[str, Any] = {"type": "record", "name": "other", "fields": [{"name": "x", "type": "double"}]}


@pytest.fixture(scope="module")
def registry() -> MemoryRegistry:
    return MemoryRegistry()


def test_a_record_comes_back_with_times_as_milliseconds(registry: MemoryRegistry) -> None:
    raw = Encoder(registry, "note-value", SCHEMA)({"id": "a", "at": 1_500_000_000_123})
    assert raw[:5] == b"\x00\x00\x00\x00\x01"
    assert Decoder(registry, SCHEMA)(raw) == {"id": "a", "at": 1_500_000_000_123}


def test_the_bytes_are_what_avro_says(registry: MemoryRegistry) -> None:
    from io import BytesIO

    raw = Encoder(registry, "note-value", SCHEMA)({"id": "é", "at": -5})
    assert fastavro.schemaless_reader(BytesIO(raw[5:]), SCHEMA, None)["id"] == "é"


def test_versions_meet_both_ways(registry: MemoryRegistry) -> None:
    older, newer = Encoder(registry, "note-value", SCHEMA), Encoder(registry, "note-value", WIDER)
    assert Decoder(registry, WIDER)(older({"id": "a", "at": 1})) == {"id": "a", "at": 1, "more": None}
    assert Decoder(registry, SCHEMA)(newer({"id": "a", "at": 1, "more": "x"})) == {"id": "a", "at": 1}


def test_each_kind_of_bad_bytes_has_its_reason(registry: MemoryRegistry) -> None:
    good = Encoder(registry, "note-value", SCHEMA)({"id": "a", "at": 1})
    other = Encoder(registry, "other-value", OTHER)({"x": 1.0})
    decode = Decoder(registry, SCHEMA)
    cases = {
        None: "bad_frame",
        b"": "bad_frame",
        b"\x00\x00": "bad_frame",
        b"{}      ": "bad_frame",
        b"\x00\x00\x00\xff\xff" + good[5:]: "unknown_schema",
        good[:-1]: "undecodable",
        good + b"\x00": "undecodable",
        other: "undecodable",
    }
    for raw, reason in cases.items():
        found = decode(raw)
        assert isinstance(found, Defect)
        assert (raw, found.reason) == (raw, reason)


def test_an_unknown_schema_is_asked_for_once_a_batch() -> None:
    registry, asked = MemoryRegistry(), []

    class Counting(MemoryRegistry):
        def schema_of(self, schema_id: int) -> dict[str, Any] | None:
            asked.append(schema_id)
            return registry.schema_of(schema_id)

    decode = Decoder(Counting(), SCHEMA)
    raw = b"\x00\x00\x00\x00\x01\x02a\x02"
    assert [isinstance(decode(raw), Defect) for _ in range(3)] == [True] * 3
    assert asked == [1]
    registry.id_of("note-value", SCHEMA)
    decode.forget_unknown()
    assert decode(raw) == {"id": "a", "at": 1}


@given(st.binary(max_size=64))
def test_no_bytes_make_it_raise(body: bytes) -> None:
    registry = MemoryRegistry()
    registry.id_of("note-value", SCHEMA)
    decode = Decoder(registry, SCHEMA)
    for raw in (body, b"\x00\x00\x00\x00\x01" + body):
        assert isinstance(decode(raw), dict | Defect)
