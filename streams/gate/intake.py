"""The gate's consumer: every known district's topic, in event-time order while there is a backlog."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from schemas.contract import Contract
from streams.gate.alignment import Alignment, Partition
from streams.gate.messages import Message
from streams.gate.options import Gate

LOOK_AGAIN_S = 1.0
TIMEOUT_S = 10.0
log = structlog.get_logger("gate")


class Intake:
    """Reads batches; a topic that does not exist yet is looked for again every second."""

    def __init__(self, client: Mapping[str, Any], options: Gate, contract: Contract, alignment: Alignment) -> None:
        self._contract = contract
        self._alignment = alignment
        self._owners: dict[str, str] = {}
        self._missing: dict[str, str] = {}
        self._looked_at = 0.0
        self.newly_assigned = False
        self.consumer = Consumer(
            dict(client)
            | {
                "group.id": options.group,
                # A static member: after a kill the next process of this name takes its place at once.
                "group.instance.id": options.instance,
                "partition.assignment.strategy": "cooperative-sticky",
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                # A message of 16 MiB must pass, and what is fetched ahead must not fill the memory.
                "fetch.message.max.bytes": 16_777_216,
                "receive.message.max.bytes": 67_108_864,
                "queued.min.messages": 10_000,
                "queued.max.messages.kbytes": 16_384,
                "fetch.wait.max.ms": 20,
            }
        )

    def expect(self, districts: Mapping[str, object]) -> None:
        """Read these districts from now on, each as soon as its topics exist."""
        self._missing = {self._contract.topic("district", name).name: name for name in districts}
        self._owners = {}
        self._looked_at = 0.0

    def read(self, limit: int, wait_s: float) -> list[Message]:
        """The next messages, some ``limit`` at most; waits so long for them unless enough is held already."""
        if self._missing and time.monotonic() - self._looked_at >= LOOK_AGAIN_S:
            self._look_for_topics()
        enough = self._alignment.held >= limit
        by_partition: dict[Partition, list[Message]] = defaultdict(list)
        for raw in self.consumer.consume(limit, 0.0 if enough else wait_s):
            topic, number = str(raw.topic()), int(raw.partition() or 0)
            partition = Partition(topic, number)
            error = raw.error()
            if error is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    self._alignment.add(partition, by_partition.pop(partition, []))
                    self._alignment.end(partition)
                else:
                    _tell(error)
                continue
            by_partition[partition].append(
                Message(self._owners.get(topic, ""), topic, number, int(raw.offset() or 0), raw.key(), raw.value())
            )
        for partition, messages in by_partition.items():
            self._alignment.add(partition, messages)
        taken = self._alignment.take(limit)
        self._hold()
        return taken

    def positions_after(self, batch: list[Message]) -> list[TopicPartition]:
        """The offsets to commit once the batch is through."""
        last = {(message.topic, message.partition): message.offset for message in batch}
        return [TopicPartition(topic, number, offset + 1) for (topic, number), offset in last.items()]

    def rewind(self) -> None:
        """Begin again where the last committed transaction ended, in every partition."""
        assigned = self.consumer.assignment()
        self._alignment.assign([Partition(one.topic, one.partition) for one in assigned])
        for place in self.consumer.committed(assigned, TIMEOUT_S):
            start = place.offset if place.offset >= 0 else 0
            self.consumer.seek(TopicPartition(place.topic, place.partition, start))
        self.consumer.resume(assigned)

    def lag(self) -> dict[str, int]:
        """Records that wait, by district, held ones included."""
        waiting: Counter[str] = Counter()
        for place in self.consumer.position(self.consumer.assignment()):
            _, high = self.consumer.get_watermark_offsets(place, cached=True)
            owner = self._owners.get(place.topic, "")
            waiting[owner] += max(high - max(place.offset, 0), 0)
            waiting[owner] += self._alignment.held_of(Partition(place.topic, place.partition))
        return dict(waiting)

    def _hold(self) -> None:
        for partitions, call in (
            (self._alignment.to_pause(), self.consumer.pause),
            (self._alignment.to_resume(), self.consumer.resume),
        ):
            if partitions:
                call([TopicPartition(*partition) for partition in partitions])

    def _look_for_topics(self) -> None:
        self._looked_at = time.monotonic()
        existing = self.consumer.list_topics(timeout=TIMEOUT_S).topics
        found = {
            topic: name
            for topic, name in self._missing.items()
            if topic in existing and f"rejected.{name}.v1" in existing
        }
        self._missing = {topic: name for topic, name in self._missing.items() if topic not in found}
        self._owners |= found
        if found:
            self.consumer.subscribe(list(self._owners), on_assign=self._assigned, on_revoke=self._revoked)
            log.info("subscribed", districts=len(self._owners), still_without_topics=sorted(self._missing.values()))

    def _assigned(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._alignment.assign([Partition(one.topic, one.partition) for one in partitions])
        self.newly_assigned = True

    def _revoked(self, consumer: Consumer, partitions: list[TopicPartition]) -> None:
        self._alignment.revoke([Partition(one.topic, one.partition) for one in partitions])


def _tell(error: KafkaError) -> None:
    """Most errors heal by themselves and are logged; those that do not end the process, which is started again."""
    if error.fatal() or error.code() in {KafkaError.TOPIC_AUTHORIZATION_FAILED, KafkaError.GROUP_AUTHORIZATION_FAILED}:
        raise KafkaException(error)
    log.warning("kafka", error=error.name(), message=error.str())
