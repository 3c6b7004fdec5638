"""The gate's consumer: every known district's topics, in event-time order while there is a backlog."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from typing import Any

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, TopicPartition

from streams.gate.alignment import Alignment
from streams.gate.kinds import DISTRICT, RETRACTION, Kind
from streams.gate.messages import Message
from streams.gate.options import Gate
from streams.gate.topics import Looker, Source
from streams.gate.waits import Partition
from streams.group_places import committed_places

TIMEOUT_S = 10.0
END = -1
log = structlog.get_logger("gate")


class Intake:
    """Reads batches; a topic that does not exist yet is looked for again and again."""

    def __init__(self, client: Mapping[str, Any], options: Gate, kinds: Iterable[Kind], alignment: Alignment) -> None:
        self._kinds = tuple(kinds)
        self._alignment = alignment
        self._looker = Looker()
        self._sources: dict[str, Source] = {}
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

    def expect(self, districts: Iterable[str]) -> None:
        """Read these districts from now on, each topic as soon as it exists."""
        self._sources = {}
        self._looker.expect(
            {
                kind.contract.topic(DISTRICT, name).name: Source(name, kind.name)
                for name in districts
                for kind in self._kinds
            }
        )

    def read(self, limit: int, wait_s: float) -> list[Message]:
        """The next messages, some ``limit`` at most; waits so long for them unless enough is held already."""
        if self._looker.due:
            self._look_for_topics()
        enough = self._alignment.held >= limit
        by_partition: dict[Partition, list[Message]] = defaultdict(list)
        for raw in self.consumer.consume(limit, 0.0 if enough else wait_s):
            topic, number, offset = str(raw.topic()), int(raw.partition() or 0), int(raw.offset() or 0)
            partition = Partition(topic, number)
            error = raw.error()
            if error is not None:
                if error.code() == KafkaError._PARTITION_EOF:
                    self._add(partition, by_partition.pop(partition, []))
                    self._alignment.end(partition, offset)
                else:
                    _tell(error)
                continue
            source = self._sources.get(topic)
            if source is not None:
                by_partition[partition].append(Message(*source, topic, number, offset, raw.key(), raw.value()))
        for partition, messages in by_partition.items():
            self._add(partition, messages)
        taken = self._alignment.take(limit)
        self._hold()
        return taken

    def positions_after(self, batch: list[Message]) -> list[TopicPartition]:
        """The offsets to commit once the batch is through."""
        last = {(message.topic, message.partition): message.offset for message in batch}
        return [TopicPartition(topic, number, offset + 1) for (topic, number), offset in last.items()]

    def reading(self) -> set[str]:
        """The topics that this gate reads now, and no other does."""
        return {place.topic for place in self.consumer.assignment()}

    def rewind(self) -> None:
        """Begin again where the last committed transaction ended, in every partition."""
        assigned = self.consumer.assignment()
        self._alignment.assign([Partition(one.topic, one.partition) for one in assigned])
        for place in committed_places(self.consumer, assigned):
            start = place.offset if place.offset >= 0 else 0
            self.consumer.seek(TopicPartition(place.topic, place.partition, start))
        self.consumer.resume(assigned)

    def lag(self) -> dict[str, int]:
        """Records that wait, by district, held ones included."""
        waiting: Counter[str] = Counter()
        for place in self.consumer.position(self.consumer.assignment()):
            source = self._sources.get(place.topic)
            if source is not None:
                _, high = self.consumer.get_watermark_offsets(place, cached=True)
                waiting[source.district] += max(high - max(place.offset, 0), 0)
                waiting[source.district] += self._alignment.held_of(Partition(place.topic, place.partition))
        return dict(waiting)

    def _add(self, partition: Partition, messages: list[Message]) -> None:
        if messages and messages[0].record_type == RETRACTION:
            self._alignment.wait(partition, messages[0].offset, self._ends(messages[0].district))
        self._alignment.add(partition, messages)

    def _ends(self, district: str) -> dict[Partition, int]:
        """Where the district's other topics end now, of those that are read here."""
        asked = []
        for place in self.consumer.assignment():
            source = self._sources.get(place.topic)
            if source is not None and source.district == district and source.record_type != RETRACTION:
                asked.append(TopicPartition(place.topic, place.partition, END))
        found = self.consumer.offsets_for_times(asked, TIMEOUT_S) if asked else []
        for place in found:
            if place.error is not None:
                raise KafkaException(place.error)
        return {Partition(place.topic, place.partition): place.offset for place in found}

    def _hold(self) -> None:
        for partitions, call in (
            (self._alignment.to_pause(), self.consumer.pause),
            (self._alignment.to_resume(), self.consumer.resume),
        ):
            if partitions:
                call([TopicPartition(*partition) for partition in partitions])

    def _look_for_topics(self) -> None:
        found = self._looker.look(self.consumer.list_topics(timeout=TIMEOUT_S).topics)
        if found:
            self._sources |= found
            self.consumer.subscribe(list(self._sources), on_assign=self._assigned, on_revoke=self._revoked)
            log.info("subscribed", topics=len(self._sources), still_missing=len(self._looker.missing))

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
