"""A topic's records as columns, from its start to what is its end now: for counting and catching up, not for flows.

Decoding one Avro record at a time in Python costs ten times more than all that is done with it here. So the bodies of a
chunk are strung together as an Avro file in memory, which polars reads in one call, and only the columns asked for.
"""

from __future__ import annotations

import json
import os
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final, NamedTuple

import polars as pl
import structlog
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, KafkaException, TopicPartition

from streams.codec import Decoder, Defect
from streams.registry import AvroSchema, Registry
from streams.settings import Settings

CHUNK: Final = 20_000
"""Messages decoded together: what a read holds besides its columns."""
HEAD: Final = 5
NO_SCHEMA: Final = -1
log = structlog.get_logger(__name__)
PARTITION: Final = "partition_"
OFFSET: Final = "offset_"


class UnreadableTopic(RuntimeError):
    """Records of a topic of ours cannot be read as columns; the message names the offsets."""


@dataclass(frozen=True)
class Columns:
    """What a topic held: ``records`` with the columns asked for and the place of each (``partition_``, ``offset_``).

    ``tombstones`` has ``key``, ``partition_`` and ``offset_``; ``ends`` is where each partition was read to.
    """

    records: pl.DataFrame
    tombstones: pl.DataFrame
    ends: dict[int, int]


def read_topic(
    settings: Settings,
    registry: Registry,
    topic: str,
    schema: AvroSchema,
    columns: Sequence[str],
    starts: dict[int, int] | None = None,
    ends: dict[int, int] | None = None,
    account: str = "",
) -> Columns:
    """Read what is committed of a topic, from ``starts`` (default: the beginning) to ``ends`` (default: its end now).

    ``account`` says which of the platform's accounts reads; none is whoever the settings name.
    ``schema`` is the reader's: fields that a writer did not know take its defaults. A message that is no record of it
    is left out, and logged by where it stands and why. Raises :class:`UnreadableTopic` when records cannot be read
    though nothing is wrong with any of them, ``KafkaException`` when the broker does not answer.
    """
    frames: list[pl.DataFrame] = []
    tombstones: list[_Raw] = []
    decode = _Decoder(registry, topic, schema, columns)
    consumer = Consumer(
        {
            **settings.kafka.client(account),
            "group.id": "crossbeat-columns",
            "enable.auto.commit": False,
            "enable.auto.offset.store": False,
            "auto.offset.reset": "earliest",
            "isolation.level": "read_committed",
            "enable.partition.eof": True,
            "queued.max.messages.kbytes": 65_536,
        }
    )
    try:
        reached = ends if ends is not None else end_offsets(consumer, topic)
        for batch in _batches(consumer, topic, starts or {}, reached):
            tombstones += [raw for raw in batch if raw.value is None]
            frames += decode([raw for raw in batch if raw.value is not None])
    finally:
        consumer.close()
    gone = pl.DataFrame(
        {
            "key": [(raw.key or b"").decode() for raw in tombstones],
            PARTITION: [raw.partition for raw in tombstones],
            OFFSET: [raw.offset for raw in tombstones],
        },
        schema={"key": pl.String, PARTITION: pl.Int32, OFFSET: pl.Int64},
    )
    return Columns(pl.concat(frames) if frames else decode.nothing(), gone, reached)


def end_offsets(consumer: Consumer, topic: str, timeout_s: float = 10.0) -> dict[int, int]:
    """The end of each partition for this consumer: with read_committed, before the first open transaction."""
    metadata = consumer.list_topics(topic, timeout_s).topics[topic]
    if metadata.error is not None:
        raise KafkaException(metadata.error)
    return {p: consumer.get_watermark_offsets(TopicPartition(topic, p), timeout_s)[1] for p in metadata.partitions}


class _Raw(NamedTuple):
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None

    @property
    def body(self) -> bytes:
        return self.value or b""


def _batches(consumer: Consumer, topic: str, starts: dict[int, int], ends: dict[int, int]) -> Iterator[list[_Raw]]:
    """Messages below ``ends``, in chunks, each partition in its order."""
    left = {p for p, end in ends.items() if end > starts.get(p, 0)}
    consumer.assign([TopicPartition(topic, p, starts.get(p, OFFSET_BEGINNING)) for p in left])
    batch: list[_Raw] = []
    while left:
        for message in consumer.consume(CHUNK, 0.2):
            error, partition, offset = message.error(), message.partition(), message.offset()
            if error is not None and error.code() != KafkaError._PARTITION_EOF:
                raise KafkaException(error)
            if partition is None or offset is None:
                raise UnreadableTopic(f"the broker sent a message of {topic} without its offset")
            if error is None and offset < ends[partition]:
                batch.append(_Raw(partition, offset, message.key(), message.value()))
            if error is not None or offset >= ends[partition] - 1:
                left.discard(partition)
        if len(batch) >= CHUNK or not left:
            yield batch
            batch = []


class _Decoder:
    """Chunks of framed messages to frames of the columns asked for."""

    def __init__(self, registry: Registry, topic: str, schema: AvroSchema, columns: Sequence[str]) -> None:
        self._registry, self._topic, self._columns = registry, topic, list(columns)
        self._reader = schema
        self._one = Decoder(registry, schema)
        self._writers: dict[int, tuple[bytes, list[str]]] = {}

    def __call__(self, messages: Sequence[_Raw]) -> Iterator[pl.DataFrame]:
        by_schema: dict[int, list[_Raw]] = defaultdict(list)
        for message in messages:
            framed = len(message.body) >= HEAD and message.body[0] == 0
            by_schema[int.from_bytes(message.body[1:HEAD], "big") if framed else NO_SCHEMA].append(message)
        for schema_id, alike in by_schema.items():
            try:
                yield self._frame(schema_id, alike)
            except UnreadableTopic:
                # One by one, slowly, to find which; what is left must do.
                good = [message for message in alike if self._fits(message)]
                if len(good) == len(alike):
                    raise
                if good:
                    yield self._frame(schema_id, good)

    def _fits(self, message: _Raw) -> bool:
        record = self._one(message.body)
        if isinstance(record, Defect):
            place = f"{self._topic}:{message.partition}:{message.offset}"
            log.warning("a message cannot be decoded and is set aside", at=place, reason=record.message)
        return not isinstance(record, Defect)

    def nothing(self) -> pl.DataFrame:
        """No records, with the types that records would have."""
        empty = _avro_file(_header(self._reader), [])
        place = {PARTITION: pl.Series([], dtype=pl.Int32), OFFSET: pl.Series([], dtype=pl.Int64)}
        return pl.read_avro(BytesIO(empty)).select(self._columns).with_columns(**place)

    def _frame(self, schema_id: int, messages: list[_Raw]) -> pl.DataFrame:
        header, known = self._writers.get(schema_id) or self._writer(schema_id, messages)
        body = _avro_file(header, [message.body[HEAD:] for message in messages])
        try:
            frame = pl.read_avro(BytesIO(body), columns=known)
        except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError) as error:  # whichever it meets first
            raise self._unreadable(f"does not fit schema {schema_id}", messages) from error
        if frame.height != len(messages):
            raise self._unreadable(f"does not fit schema {schema_id}", messages)
        place = {
            PARTITION: pl.Series([m.partition for m in messages], dtype=pl.Int32),
            OFFSET: pl.Series([m.offset for m in messages], dtype=pl.Int64),
        }
        missing = [name for name in self._columns if name not in known]
        defaults = {f["name"]: f["default"] for f in self._reader["fields"] if f["name"] in missing}
        types = self.nothing().schema if missing else {}
        filled = [pl.lit(defaults[name], dtype=types[name]).alias(name) for name in missing]
        return frame.with_columns(*filled, **place).select(*self._columns, PARTITION, OFFSET)

    def _writer(self, schema_id: int, messages: list[_Raw]) -> tuple[bytes, list[str]]:
        schema: Any = None if schema_id == NO_SCHEMA else self._registry.schema_of(schema_id)
        if not isinstance(schema, dict) or "fields" not in schema:
            raise self._unreadable(f"has schema {schema_id}, which is of no record that the registry knows", messages)
        names = {field["name"] for field in schema["fields"]}
        self._writers[schema_id] = _header(schema), [name for name in self._columns if name in names]
        return self._writers[schema_id]

    def _unreadable(self, why: str, messages: list[_Raw]) -> UnreadableTopic:
        first, last = messages[0], messages[-1]
        where = f"{first.partition}:{first.offset} to {last.partition}:{last.offset}"
        return UnreadableTopic(f"a record of {self._topic} {why} (partition:offset {where})")


def _header(schema: Any) -> bytes:
    """A schema as a file has it, without defaults: reading needs none, and polars refuses that of a boolean."""
    fields = [{key: value for key, value in field.items() if key != "default"} for field in schema["fields"]]
    return json.dumps({**schema, "fields": fields}).encode()


def _avro_file(schema: bytes, bodies: Sequence[bytes]) -> bytes:
    """An Avro object container file of one block (Avro 1.12 specification, "Object Container Files")."""
    sync = os.urandom(16)
    entries = {b"avro.schema": schema, b"avro.codec": b"null"}
    parts = [b"Obj\x01", _long(len(entries))]
    for key, value in entries.items():
        parts += [_long(len(key)), key, _long(len(value)), value]
    parts += [_long(0), sync]
    if bodies:
        parts += [_long(len(bodies)), _long(sum(map(len, bodies))), *bodies, sync]
    return b"".join(parts)


def _long(value: int) -> bytes:
    """A number that is not negative, as Avro writes it: zigzag, seven bits a byte."""
    value <<= 1
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)
