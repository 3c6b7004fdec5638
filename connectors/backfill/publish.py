"""A transactional producer that publishes chunks: each wholly, once, or not at all."""

from __future__ import annotations

from collections.abc import Iterable

import structlog
from confluent_kafka import KafkaException, Producer

from connectors.backfill.encode import Message
from connectors.backfill.errors import BackfillError
from streams.settings import Settings

TRIES = 5
log = structlog.get_logger()


class Publisher:
    """Publishes lists of messages in transactions under one transactional id, which shuts out an earlier run's."""

    def __init__(self, settings: Settings, transactional_id: str) -> None:
        options = settings.kafka.client() | {
            "transactional.id": transactional_id,
            "linger.ms": "20",
            "compression.type": "lz4",
            "message.max.bytes": "16777216",
            "queue.buffering.max.messages": "200000",
            "queue.buffering.max.kbytes": "262144",
        }
        self._producer = Producer(options)
        self._open = False
        try:
            self._producer.init_transactions(60)
        except KafkaException as error:
            raise BackfillError(f"the broker gives no transaction: {error.args[0].str()}") from error

    def publish(self, messages: list[Message]) -> None:
        """Publish all of them in one transaction. Raises :class:`BackfillError` when the broker will not."""
        for attempt in range(1, TRIES + 1):
            try:
                self._begin_and_commit(messages)
                return
            except KafkaException as error:
                fault = error.args[0]
                if not fault.txn_requires_abort() or attempt == TRIES:
                    raise BackfillError(f"the chunk was not published: {fault.str()}; run the same again") from error
                log.warning("transaction aborted, tried again", attempt=attempt, error=fault.str())
                self._producer.abort_transaction(60)
                self._open = False

    def _begin_and_commit(self, messages: Iterable[Message]) -> None:
        producer = self._producer
        producer.begin_transaction()
        self._open = True
        for topic, key, value in messages:
            while True:
                try:
                    producer.produce(topic, value, key)
                    break
                except BufferError:
                    producer.poll(0.1)
        while True:
            try:
                producer.commit_transaction(60)
                self._open = False
                return
            except KafkaException as error:
                if not error.args[0].retriable():
                    raise

    def close(self) -> None:
        """Give up a transaction that is open, after a fault between begin and commit."""
        if not self._open:
            return
        # Left open it would hold up every reader of these topics for a minute.
        try:
            self._producer.abort_transaction(10)
        except KafkaException as error:
            log.warning("a transaction is left to time out", error=error.args[0].str())
