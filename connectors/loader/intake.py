"""The loader's side of Kafka: messages in, offsets committed once they are landed.

One group, `crossbeat-loader`. Several loaders, each with an `instance` of its own, share the partitions; what one had
collected of a partition that moves to another is dropped here and read again there.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import cast

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, TopicPartition

from connectors.loader.batch import Raw
from streams.settings import Settings

log = structlog.get_logger()
GROUP = "crossbeat-loader"
SLICE = 2_000
# Waiting for ClickHouse must not cost the loader its seat in the group: the longest that librdkafka allows, 24 hours.
LONGEST_WAIT_MS = 86_400_000
NOT_THERE_YET = frozenset({KafkaError.UNKNOWN_TOPIC_OR_PART, KafkaError._UNKNOWN_TOPIC, KafkaError._UNKNOWN_PARTITION})
Place = tuple[str, int]


@dataclass(slots=True)
class Intake:
    """What was collected since the last commit, and where reading goes on."""

    messages: list[Raw] = field(default_factory=list)
    next_offsets: dict[Place, int] = field(default_factory=dict)
    tombstones: Counter[str] = field(default_factory=Counter)


class Source:
    """The topics of the routes, read committed, from the group's offsets or from the beginning.

    With ``starts`` it is beside the group: it reads these partitions from these offsets, and commits nothing.
    """

    def __init__(
        self, settings: Settings, topics: list[str], group: str = GROUP, starts: Sequence[TopicPartition] = ()
    ) -> None:
        self._beside = {(place.topic, place.partition) for place in starts}
        self._consumer = Consumer(
            settings.kafka.client("loader")
            | {
                "group.id": group,
                # A static member: after a kill the next process of this name takes its place at once, not after 45 s.
                "group.instance.id": settings.loader.instance,
                "isolation.level": "read_committed",
                "auto.offset.reset": "earliest",
                "enable.auto.commit": False,
                "enable.partition.eof": True,
                # A district that joins is read within this time.
                "topic.metadata.refresh.interval.ms": 2_000,
                "allow.auto.create.topics": False,
                "max.poll.interval.ms": LONGEST_WAIT_MS,
                "queued.max.messages.kbytes": 131_072,
                "fetch.message.max.bytes": 4 << 20,
            }
        )
        self._intake = Intake()
        self._ends: dict[Place, int] = {}
        if starts:
            self._consumer.assign(list(starts))
        else:
            self._consumer.subscribe(topics, on_revoke=self._drop, on_lost=self._drop)

    def collect(self, rows: int, max_bytes: int, for_s: float) -> Intake:
        """Messages until there are `rows`, or `max_bytes` bytes, or `for_s` seconds are over: whichever comes first."""
        self._intake = Intake()
        size, until = 0, time.monotonic() + for_s
        while len(self._intake.messages) < rows and size < max_bytes and (left := until - time.monotonic()) > 0:
            wanted = min(SLICE, rows - len(self._intake.messages))
            # A short wait: with a slice half full the call would otherwise last as long as the whole collection.
            for message in self._consumer.consume(wanted, min(left, 0.05)):
                size += self._take(message)
        return self._intake

    def commit(self, intake: Intake) -> None:
        """Say that all of it is landed. A commit that fails is told and made good by the next: offsets only grow."""
        offsets = [TopicPartition(topic, at, offset) for (topic, at), offset in intake.next_offsets.items()]
        if not offsets or self._beside:
            return
        try:
            self._consumer.commit(offsets=offsets, asynchronous=False)
        except KafkaException as error:
            log.warning("offsets not committed: the batch is landed, the next commit covers it", reason=str(error))

    def lag(self) -> int:
        """Messages in the assigned partitions that are not collected yet, by the broker's latest answers."""
        total = 0
        for place in self._consumer.position(self._consumer.assignment()):
            _, high = self._consumer.get_watermark_offsets(place, cached=True)
            at = max(place.offset, self._ends.get((place.topic, place.partition), 0))
            total += max(0, high - max(at, 0))
        return total

    def ended(self) -> bool:
        """Whether the end of each partition that it started from has been reached once."""
        return self._beside <= set(self._ends)

    def close(self) -> None:
        """Leave the group."""
        self._consumer.close()

    def _take(self, message: Message) -> int:
        error = message.error()
        if error is not None:
            return self._explain(message, error)
        topic, partition, offset = _place(message)
        self._intake.next_offsets[topic, partition] = offset + 1
        value = message.value()
        if value is None:
            # A retraction is a record of its own kind; until it is landed as one, an empty value is only counted.
            self._intake.tombstones[topic] += 1
            return 0
        self._intake.messages.append(Raw(topic, partition, offset, value))
        return len(value)

    def _explain(self, message: Message, error: KafkaError) -> int:
        if error.code() == KafkaError._PARTITION_EOF:
            # The end lies behind the last transaction's marker, which is no message: without it lag never reads 0.
            topic, partition, offset = _place(message)
            self._ends[topic, partition] = offset
        elif error.code() not in NOT_THERE_YET:
            log.warning("kafka reports", reason=error.str(), topic=message.topic())
        return 0

    def _drop(self, _: Consumer, moved: list[TopicPartition]) -> None:
        places = {(p.topic, p.partition) for p in moved}
        kept = [m for m in self._intake.messages if (m.topic, m.partition) not in places]
        self._intake.messages[:] = kept
        for place in places:
            self._intake.next_offsets.pop(place, None)


def _place(message: Message) -> tuple[str, int, int]:
    """Topic, partition and offset, which a consumed message always has; its type allows for one not yet sent."""
    return cast(tuple[str, int, int], (message.topic(), message.partition(), message.offset()))
