"""The fast encoder writes what fastavro writes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from schemas import contracts
from schemas.contract import Field
from streams.codec import Decoder, Encoder
from streams.flat import FlatEncoder, number
from streams.registry import MemoryRegistry

KINDS: dict[str, st.SearchStrategy[Any]] = {
    "string": st.text(max_size=30),
    "bytes": st.binary(max_size=200),
    "int": st.integers(-(2**31), 2**31 - 1),
    "long": st.integers(-(2**63), 2**63 - 1),
    "timestamp": st.integers(-(2**42), 2**42),
    "float": st.floats(width=32, allow_nan=False),
    "double": st.floats(allow_nan=False),
    "boolean": st.booleans(),
}


def value_of(field: Field) -> st.SearchStrategy[Any]:
    one = KINDS[field.kind]
    if field.array:
        return st.lists(one, max_size=5)
    return st.none() | one if field.nullable else one


@pytest.mark.parametrize(
    ("name", "stage"), [(contract.name, stage) for contract in contracts.all() for stage in contract.stages]
)
@given(data=st.data())
@settings(max_examples=15, deadline=None)
def test_every_contract_is_written_as_fastavro_writes_it(name: str, stage: str, data: st.DataObject) -> None:
    contract, registry = contracts.get(name), MemoryRegistry()
    record = data.draw(st.fixed_dictionaries({field.name: value_of(field) for field in contract.fields(stage)}))
    written = FlatEncoder(registry, contract, stage)(record)
    assert written == Encoder(registry, contract.subject(stage), contract.avro(stage))(record)
    assert Decoder(registry, contract.avro(stage))(written) == record


@given(st.integers(-(2**63), 2**63 - 1))
def test_numbers_are_written_as_avro_does(value: int) -> None:
    encode = Encoder(MemoryRegistry(), "x", {"type": "record", "name": "x", "fields": [{"name": "a", "type": "long"}]})
    assert encode({"a": value})[5:] == number(value)


@pytest.mark.parametrize("power", range(63))
def test_numbers_about_each_power_of_two(power: int) -> None:
    encode = Encoder(MemoryRegistry(), "x", {"type": "record", "name": "x", "fields": [{"name": "a", "type": "long"}]})
    for value in (2**power - 1, 2**power, -(2**power), -(2**power) - 1):
        assert encode({"a": value})[5:] == number(value)
