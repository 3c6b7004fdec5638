"""Bring the memory up to the shared topics: read what was committed there since the store was last written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicCollection, TopicPartition
from confluent_kafka.admin import AdminClient

from streams.codec import Decoder, Defect
from streams.gate.aside import Aside
from streams.gate.kinds import SHARED, Kind
from streams.gate.memory import Ending, Seen
from streams.gate.shared_reader import shared_reader
from streams.gate.store import RocksMemory
from streams.registry import Registry

TIMEOUT_S = 10.0
log = structlog.get_logger("gate")


class CatchUp:
    """Reads the shared topics of some record types."""

    def __init__(self, client: dict[str, Any], kinds: Mapping[str, Kind], registry: Registry, aside: Aside) -> None:
        self._client = client
        self._aside = aside
        self._kinds = {kind.contract.topic(SHARED).name: kind for kind in kinds.values()}
        self._decoders = {}
        for topic, kind in self._kinds.items():
            needed = {"fields": [dict(field.avro) for field in kind.remembered]}
            self._decoders[topic] = Decoder(registry, kind.contract.avro(SHARED) | needed)

    def __call__(self, memory: RocksMemory) -> int:
        """Read from the memory's offsets to the ends; returns how many records that were.

        A memory of other topics of these names, deleted and made anew, is forgotten first. Raises KafkaException when
        the broker does not answer. What cannot be read is set aside.
        """
        ids = self._topic_ids()
        if any(ids[topic] != known for topic, known in memory.topic_ids.items() if topic in ids):
            log.warning("a shared topic was made anew: the memory of what was let through begins anew too")
            memory.clear(ids)
        memory.topic_ids |= ids
        consumer = shared_reader(self._client)
        try:
            return self._read(consumer, memory)
        finally:
            consumer.close()

    def _read(self, consumer: Consumer, memory: RocksMemory) -> int:
        known = consumer.list_topics(timeout=TIMEOUT_S).topics
        partitions = [(topic, number) for topic in self._kinds for number in known[topic].partitions]
        consumer.assign([TopicPartition(*partition, memory.offsets.get(partition, 0)) for partition in partitions])
        open_partitions, count = set(partitions), 0
        while open_partitions:
            records: list[tuple[str, Seen]] = []
            endings: list[Ending] = []
            offsets: dict[tuple[str, int], int] = {}
            for decode in self._decoders.values():
                decode.forget_unknown()
            for message in consumer.consume(10_000, 0.2):
                error, offset = message.error(), int(message.offset() or 0)
                partition = str(message.topic()), int(message.partition() or 0)
                if error is not None and error.code() == KafkaError._PARTITION_EOF:
                    open_partitions.discard(partition)
                elif error is not None:
                    raise KafkaException(error)
                else:
                    # A tombstone clears the topic of a record that is gone; what was seen of it may stay known.
                    if message.value() is not None:
                        self._take(partition, offset, message.value(), records, endings)
                    offsets[partition] = offset + 1
            if offsets:
                memory.remember(records, offsets, endings)
                count += len(records)
        return count

    def _take(
        self,
        partition: tuple[str, int],
        offset: int,
        raw: bytes | None,
        records: list[tuple[str, Seen]],
        endings: list[Ending],
    ) -> None:
        """Take what one message says, nothing where it cannot be read."""
        topic, number = partition
        record = self._decoders[topic](raw)
        if isinstance(record, Defect):
            self._aside.put(topic, number, offset, record)
            return
        records.append((record["record_id"], self._kinds[topic].seen(record)))
        release = self._kinds[topic].ends(record)
        if release is not None:
            endings.append(Ending(release, topic, number, offset))

    def _topic_ids(self) -> dict[str, str]:
        admin = AdminClient(self._client)  # kept in a name: without one it would be gone before it answers
        described = admin.describe_topics(TopicCollection(list(self._kinds)), request_timeout=TIMEOUT_S)
        return {topic: str(future.result().topic_id) for topic, future in described.items()}
