"""The gate's producer: a batch's records, its rejections and its source offsets in one Kafka transaction.

Errors are met as the client documents them: a call that may be repeated is repeated, a transaction that must be
aborted is aborted and the batch read again, and anything else (a newer gate of this name, above all) ends the process.
A call that does not come back at all ends it too (``streams.stall``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

import structlog
from confluent_kafka import Consumer, KafkaError, KafkaException, Message, Producer, TopicPartition

from streams.stall import must_return

TIMEOUT_S = 5.0
ATTEMPTS = 10
log = structlog.get_logger("gate")


class Outgoing(NamedTuple):
    """A message to send."""

    topic: str
    partition: int
    key: bytes
    value: bytes


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
        self._ends: dict[tuple[str, int], int] = {}

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

    def send(
        self, messages: Iterable[Outgoing], consumed: list[TopicPartition], consumer: Consumer
    ) -> dict[tuple[str, int], int]:
        """Send all or nothing; returns the offset after the last message, by topic and partition.

        Raises :class:`Aborted` when nothing was sent, KafkaException when this process must end.
        """
        self._ends = {}
        try:
            self._producer.begin_transaction()
            # Only the last message of a partition reports where it landed: those before it are in order.
            last: dict[tuple[str, int], Outgoing] = {}
            for message in messages:
                place = (message.topic, message.partition)
                before = last.get(place)
                if before is not None:
                    self._produce(before)
                last[place] = message
            for message in last.values():
                self._produce(message, self._landed)
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
        return self._ends

    def _produce(self, message: Outgoing, landed: Callable[[KafkaError | None, Message], None] | None = None) -> None:
        options: dict[str, Any] = {"on_delivery": landed} if landed else {}
        while True:
            try:
                self._producer.produce(message.topic, message.value, message.key, message.partition, **options)
                return
            except BufferError:
                self._producer.poll(0.05)

    def _landed(self, error: KafkaError | None, message: Message) -> None:
        # An error needs nothing here: it makes the commit fail.
        if error is None:
            place = (str(message.topic()), int(message.partition() or 0))
            self._ends[place] = int(message.offset() or 0) + 1

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
