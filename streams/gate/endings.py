"""Releases that end by time: when one is over, its record goes out once more, narrowed to its owner.

It is a revision like any other (infra/decisions/0190), so what was made of the record follows as it follows an owner
who narrows it. The memory holds when each release ends and where its record lies in the shared stream; the record
itself is read from there. One that has left the stream, of age, is left alone: the tables hide it by the clock, and
what was made of it has run out.
"""

from __future__ import annotations

import time
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from itertools import groupby, islice
from typing import Any

import structlog
from confluent_kafka import KafkaError, KafkaException, TopicPartition

from streams.codec import Decoder, Defect
from streams.gate.kinds import DISTRICT, SHARED, Kind
from streams.gate.memory import LAST_REVISION, Ending, Seen
from streams.gate.messages import Ended
from streams.gate.shared_reader import shared_reader
from streams.gate.store import RocksMemory
from streams.registry import Registry

TIMEOUT_S = 10.0
# What lies no further ahead is read on to, else sought: a seek throws away what was fetched.
NEAR = 5_000
AT_ONCE = 1_000
log = structlog.get_logger("gate")


class Endings:
    """Finds what is due, and makes of it what is to go out."""

    def __init__(self, client: Mapping[str, Any], kinds: Mapping[str, Kind], registry: Registry) -> None:
        self._kinds = kinds
        self._types = {kind.contract.topic(SHARED).name: kind for kind in kinds.values()}
        self._decoders = {
            topic: Decoder(registry, kind.contract.avro(SHARED)) for topic, kind in self._types.items() if kind.released
        }
        self._stream = SharedStream(client)

    def due(
        self, memory: RocksMemory, now: int, limit: int, districts: Container[str], reading: Container[str]
    ) -> list[Ending]:
        """Releases over by ``now`` (milliseconds since the epoch), the earliest first, at most so many.

        Those of districts that another gate reads are left to it. Nobody reads one that has left, and what it released
        until a time ends all the same.

        Args:
            districts: those that take part.
            reading: the districts' topics that this gate reads.
        """
        return list(islice((one for one in memory.due(now) if self._ours(one, districts, reading)), limit))

    def __call__(self, due: Sequence[Ending], memory: RocksMemory, now: int) -> tuple[list[Ended], list[Ending]]:
        """What is to go out, and what is over with that: beside it what a later revision replaced, or the stream lost.

        Raises KafkaException when the broker does not answer, RuntimeError when a shared topic holds what we cannot
        read.
        """
        ended: list[Ended] = []
        standing: dict[Ending, Seen] = {}
        over: list[Ending] = []
        for one, seen in zip(due, memory.lookup([one.release.record_id for one in due]), strict=True):
            if seen is not None and _stands(one, seen):
                standing[one] = seen
            else:
                over.append(one)
        for one, raw in self._stream.read(standing):
            over.append(one)
            if raw is not None:
                ended.append(self._ended(one, raw, standing[one], now))
        return ended, over

    def close(self) -> None:
        """Leave."""
        self._stream.close()

    def _ours(self, ending: Ending, districts: Container[str], reading: Container[str]) -> bool:
        owner = ending.release.record_id.partition(":")[0]
        return owner not in districts or self._types[ending.topic].contract.topic(DISTRICT, owner).name in reading

    def _ended(self, ending: Ending, raw: bytes, seen: Seen, now: int) -> Ended:
        kind = self._types[ending.topic]
        record = self._decoders[ending.topic](raw)
        if isinstance(record, Defect):
            where = f"{ending.topic}:{ending.partition}:{ending.offset}"
            raise RuntimeError(f"{where}: {record.message}: only the gate may write there")
        made = kind.ended(record, seen, now)
        return Ended(ending, kind.name, made, kind.seen(made))


class SharedStream:
    """Reads single messages of shared topics by their offsets."""

    def __init__(self, client: Mapping[str, Any]) -> None:
        self._consumer = shared_reader(client, **{"fetch.wait.max.ms": 20})

    def read(self, wanted: Iterable[Ending]) -> Iterator[tuple[Ending, bytes | None]]:
        """Each with its message, or none where that is gone; in order of place. Raises KafkaException.

        What lies behind a transaction of another gate that is open still is left out: it is there later.
        """
        for (topic, number), group in groupby(sorted(wanted, key=_place), key=lambda one: (one.topic, one.partition)):
            yield from self._partition(topic, number, {one.offset: one for one in group})
        self._consumer.unassign()

    def _partition(self, topic: str, number: int, wanted: dict[int, Ending]) -> Iterator[tuple[Ending, bytes | None]]:
        """``wanted`` by offset, the lowest first."""
        left = list(reversed(wanted))
        position, heard = -NEAR, time.monotonic()
        while left:
            if left[-1] - position >= NEAR:
                position = left[-1]
                self._consumer.assign([TopicPartition(topic, number, position)])
            for message in self._consumer.consume(AT_ONCE, 0.2):
                error, heard = message.error(), time.monotonic()
                ended = error is not None and error.code() == KafkaError._PARTITION_EOF
                if error is not None and not ended:
                    raise KafkaException(error)
                position, raw = int(message.offset() or 0), message.value()
                # What is passed over was taken away by age. The end is the offset that no message has yet.
                while left and (left[-1] < position or (left[-1] == position and not ended)):
                    found = left.pop()
                    yield wanted[found], raw if found == position else None
                if ended:
                    return
            if time.monotonic() - heard > TIMEOUT_S:
                raise KafkaException(KafkaError(KafkaError._TIMED_OUT, f"{topic}:{number} cannot be read"))

    def close(self) -> None:
        """Leave."""
        self._consumer.close()


def _place(ending: Ending) -> tuple[str, int, int]:
    return ending.topic, ending.partition, ending.offset


def _stands(ending: Ending, seen: Seen) -> bool:
    """Whether the revision that it speaks of is still the latest, and one may follow it."""
    return seen.revision == ending.release.revision < LAST_REVISION and not seen.standing.retracted
