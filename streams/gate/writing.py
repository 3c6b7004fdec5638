"""A verdict as messages: each record for the shared topic of its type, each rejection for its district's own."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

from schemas import contracts
from streams.codec import Encoder, Record
from streams.districts import District
from streams.flat import FlatEncoder
from streams.gate import rejections
from streams.gate.kinds import SHARED, Kind
from streams.gate.memory import Seen
from streams.gate.messages import Ended, Verdict
from streams.gate.outlet import Outgoing
from streams.registry import Registry


class Writer:
    """Encodes under the ids that the registry has; raises ``SchemaNotRegistered`` at once when it lacks one.

    ``partitions`` is the count of each shared topic, by name, once :meth:`look` has found them.
    """

    def __init__(self, registry: Registry, kinds: Mapping[str, Kind]) -> None:
        self._kinds = kinds
        self._rejection = contracts.get("rejection")
        self._count = contracts.get("read_count")
        self._encode_count = Encoder(registry, self._count.subject("result"), self._count.avro("result"))
        self._encode_rejection = Encoder(registry, self._rejection.subject("result"), self._rejection.avro("result"))
        self._encode = {name: FlatEncoder(registry, kind.contract, SHARED) for name, kind in kinds.items()}
        self._topics = {name: kind.contract.topic(SHARED).name for name, kind in kinds.items()}
        self.partitions: dict[str, int] = {}

    def look(self, count: Callable[[str], int]) -> list[str]:
        """Learn how many partitions each shared topic has, by asking; names of those that have none yet."""
        self.partitions = {topic: count(topic) for topic in self._topics.values()}
        return sorted(topic for topic, partitions in self.partitions.items() if not partitions)

    def __call__(self, verdict: Verdict, districts: Mapping[str, District], now: int) -> Iterator[Outgoing]:
        """The messages, in their order. ``now``: when they were refused, milliseconds since the epoch."""
        for message, record, _, stub in verdict.accepted:
            number = districts[message.district].number
            source = f"{message.topic}:{message.partition}:{message.offset}".encode()
            if stub is not None:
                yield self._shared(stub.record_type, number, stub.record, source)
            yield self._shared(message.record_type, number, record, source)
        for rejected in verdict.rejected:
            kind, district = self._kinds[rejected.message.record_type], rejected.message.district
            told = rejections.to_record(rejected, now, withheld=kind.withheld)
            topic = self._rejection.topic("result", district).name
            yield Outgoing(topic, 0, told["rejection_id"].encode(), self._encode_rejection(told))

    def counts(self, counts: Iterable[Record]) -> Iterator[Outgoing]:
        """Counts of vehicle reads as messages."""
        topic = self._count.topic("result").name
        for count in counts:
            yield Outgoing(topic, 0, self._count.key(count, "result"), self._encode_count(count))

    def seen(self, verdict: Verdict) -> Iterator[tuple[str, Seen]]:
        """What is to be remembered of it, by record id."""
        for _, record, seen, stub in verdict.accepted:
            yield record["record_id"], seen
            if stub is not None:
                yield stub.record["record_id"], stub.seen

    def ended(self, ended: Iterable[Ended]) -> Iterator[Outgoing]:
        """Records whose release is over, each to the partition that it was in, behind the revision that it narrows."""
        for one in ended:
            topic, partition = one.ending.topic, one.ending.partition
            yield Outgoing(topic, partition, _key(one.record), self._encode[one.record_type](one.record))

    def _shared(self, record_type: str, number: int, record: Record, source: bytes) -> Outgoing:
        topic = self._topics[record_type]
        value = self._encode[record_type](record)
        release = self._kinds[record_type].ends(record)
        return Outgoing(topic, number % self.partitions[topic], _key(record), value, release, source)


def _key(record: Record) -> bytes:
    return str(record["record_id"]).encode()
