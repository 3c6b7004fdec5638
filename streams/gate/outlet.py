"""The gate's producer: a batch's records, its rejections and its source offsets in one Kafka transaction.

Errors are met as the client documents them: a call that may be repeated is repeated, a transaction that must be
aborted is aborted and the batch read again, and anything else (a newer gate of this name, above all) ends the process.
A call that does not come back at all ends it too (``streams.stall``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, NamedTuple

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from streams.gate.memory import Ending, Release
from streams.stall import must_return

TIMEOUT_S = 5.0
ATTEMPTS = 10
SOURCE = "source"
"""Header of a shared message: ``topic:partition:offset`` of the district's message that it came of."""
log = structlog.get_logger("gate")


class Outgoing(NamedTuple):
    """A message to send.

    ``release`` where its record's release ends, so that the place of the record must be known; ``source`` the message
    of a district that it came of.
    """

    topic: str
    partition: int
    key: bytes
    value: bytes
    release: Release | None = None
    source: bytes | None = None


class Sent(NamedTuple):
    """What is known of a transaction that is through."""

    ends: dict[tuple[str, int], int]
    """The offset after its last message, by topic and partition."""
    endings: list[Ending]
    """Where the records landed whose release ends."""


class Aborted(Exception):
    """The transaction was aborted: nothing of it is visible; read the batch again."""


class Outlet:
    """Transactions under one id; a second outlet of the same id shuts the first one out.

    ``end_process`` is for a process that is started again when it ends: a call that stalls ends it.
    """

    def __init__(self, client: Mapping[str, Any], transactional_id: str, *, end_process: bool = False) -> None:
        self._end_process = end_process
        self._producer = Producer(
            dict(client)
            | {
                "transactional.id": transactional_id,
                "transaction.timeout.ms": 60_000,
                "linger.ms": 2,
                "compression.type": "lz4",
                "queue.buffering.max.messages": 200_000,
                "queue.buffering.max.kbytes": 262_144,
                "message.max.bytes": 16_777_216,
                "batch.num.messages": 20_000,
            }
        )
        self._sent = Sent({}, [])

    def start(self) -> None:
        """Take the id over: what an earlier process of it left open is finished or aborted."""
        self._repeat(lambda: self._producer.init_transactions(TIMEOUT_S))

    def close(self) -> None:
        """Leave; a transaction that is still open is aborted by the next process of this id."""
        self._producer.close()

    def partitions(self, topic: str) -> int:
        """How many partitions the topic has; nought when it does not exist."""
        found = self._producer.list_topics(topic, TIMEOUT_S).topics[topic]
        return 0 if found.error else len(found.partitions)

    def send(self, messages: Iterable[Outgoing], consumed: list[TopicPartition], consumer: Consumer) -> Sent:
        """Send all or nothing; returns where it landed.

        Raises :class:`Aborted` when nothing was sent, KafkaException when this process must end.
        """
        self._sent = Sent({}, [])
        try:
            self._producer.begin_transaction()
            # The last message of a partition reports where it landed; of those before it only what must be found.
            last: dict[tuple[str, int], Outgoing] = {}
            for message in messages:
                place = (message.topic, message.partition)
                before = last.get(place)
                if before is not None:
                    self._produce(before, before.release is not None)
                last[place] = message
            for message in last.values():
                self._produce(message, True)
            group = consumer.consumer_group_metadata()
            self._repeat(lambda: self._producer.send_offsets_to_transaction(consumed, group, TIMEOUT_S))
            self._repeat(lambda: self._producer.commit_transaction(TIMEOUT_S))
        except KafkaException as error:
            cause = error.args[0]
            if not cause.txn_requires_abort():
                raise
            log.warning("transaction aborted, the batch is read again", error=cause.name(), message=cause.str())
            self._repeat(lambda: self._producer.abort_transaction(TIMEOUT_S))
            raise Aborted from error
        return self._sent

    def _produce(self, message: Outgoing, told: bool) -> None:
        options: dict[str, Any] = {"on_delivery": partial(self._landed, message.release)} if told else {}
        if message.source is not None:
            options["headers"] = [(SOURCE, message.source)]
        while True:
            try:
                self._producer.produce(message.topic, message.value, message.key, message.partition, **options)
                return
            except BufferError:
                self._producer.poll(0.05)

    def _landed(self, release: Release | None, error: KafkaError | None, message: Message) -> None:
        # An error needs nothing here: it makes the commit fail. Reports of one partition come in its order.
        if error is None:
            topic, partition, offset = str(message.topic()), int(message.partition() or 0), int(message.offset() or 0)
            self._sent.ends[topic, partition] = offset + 1
            if release is not None:
                self._sent.endings.append(Ending(release, topic, partition, offset))

    def _repeat(self, call: Callable[[], object]) -> None:
        for attempt in range(ATTEMPTS):
            try:
                with must_return(TIMEOUT_S, armed=self._end_process):
                    call()
                return
            except KafkaException as error:
                if not error.args[0].retriable() or attempt == ATTEMPTS - 1:
                    raise
                log.warning("kafka call repeated", error=error.args[0].name(), attempt=attempt + 1)
