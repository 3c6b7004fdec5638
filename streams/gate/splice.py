"""Write a shared record: the district's own bytes as they came, and behind them the fields of the gate.

Avro writes a record's fields one after the other with nothing between, and the shared schema is the district's with
the gate's fields after it. So bytes that were written with the very schema that we read with, and that we changed
nothing in, need not be written again, which saves more than half of the time. Whatever else comes (an older version
of the schema, a scrubbed text) is written whole.

Bytes may only be passed on if every decoder reads them alike. A number written with more bytes than it needs is read
by some and refused by others, Flink's above all; such bytes are written whole too.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import Any

from schemas.contract import Contract, Field
from streams.codec import HEAD, Decoder, Encoder
from streams.gate.messages import Accepted
from streams.registry import Registry

# A number that is too long ends in a zero byte after one with its high bit set. Doubles and texts may look so too:
# those are then written whole in vain, which is slower and not wrong.
MAYBE_LONG = re.compile(rb"[\x80-\xff]\x00")
KEPT = 50_000
Write = Callable[[Any], bytes]


class SharedEncoder:
    """Encodes what the judge accepted."""

    def __init__(self, registry: Registry, contract: Contract, decoder: Decoder) -> None:
        """``decoder`` is the one that the judge reads with: it knows which schemas are the current one."""
        own, shared = contract.fields("district"), contract.fields("shared")
        if shared[: len(own)] != own:
            raise ValueError(f"{contract.name}: the gate's fields must come after all others in the contract")
        self._whole = Encoder(registry, contract.subject("shared"), contract.avro("shared"))
        self._head = HEAD.pack(0, self._whole.schema_id)
        self._decoder = decoder
        self._tail = [(field.name, _writer(field)) for field in shared[len(own) :]]

    def __call__(self, accepted: Accepted) -> bytes:
        """The record framed."""
        raw = accepted.message.raw or b""
        if accepted.changed or not self._decoder.current(raw) or MAYBE_LONG.search(raw, HEAD.size):
            return self._whole(accepted.record)
        record = accepted.record
        return b"".join([self._head, raw[HEAD.size :], *[write(record[name]) for name, write in self._tail]])


class _Written(dict[Any, bytes]):
    """Values and their bytes; most values recur."""

    def __init__(self, write: Write) -> None:
        super().__init__()
        self._write = write

    def __missing__(self, value: Any) -> bytes:
        if len(self) >= KEPT:
            self.clear()
        written = self[value] = self._write(value)
        return written


def _writer(field: Field) -> Write:
    kinds: dict[str, Write] = {"string": text, "int": number, "long": number, "timestamp": number}
    one = _Written(kinds[field.kind]).__getitem__
    if field.array and field.kind == "string":
        # Tuples of names: few sets of districts recur, so they are kept whole.
        return _Written(lambda values: _array(values, one)).__getitem__
    if field.array:
        return lambda values: _array(values, one)
    if field.nullable:
        return lambda value: b"\x00" if value is None else b"\x02" + one(value)
    return one


def _array(values: Sequence[Any], one: Write) -> bytes:
    return b"".join([number(len(values)), *map(one, values), b"\x00"]) if values else b"\x00"


def number(value: int) -> bytes:
    """An Avro int or long: zigzag, seven bits a byte, low ones first."""
    rest = (value << 1) ^ (value >> 63)
    out = bytearray()
    while rest > 0x7F:
        out.append(rest & 0x7F | 0x80)
        rest >>= 7
    out.append(rest)
    return bytes(out)


def text(value: str) -> bytes:
    """An Avro string."""
    body = value.encode()
    return number(len(body)) + body
