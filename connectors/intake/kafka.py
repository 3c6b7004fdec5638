"""Messages to Kafka, each known to be acknowledged by all replicas, or not known to be."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import structlog
from confluent_kafka import KafkaError, KafkaException, Producer
from confluent_kafka import Message as Delivered

from streams.settings import Settings

log = structlog.get_logger()


class Message(NamedTuple):
    """One message."""

    topic: str
    key: bytes
    value: bytes


class Publisher:
    """Publishes lists of messages, in their order, and waits for the broker's answers. For one thread."""

    def __init__(self, settings: Settings) -> None:
        self._options: dict[str, str | int] = {
            **settings.kafka.client(),
            "acks": "all",
            "enable.idempotence": "true",
            "linger.ms": 1,
            "compression.type": "lz4",
            "message.timeout.ms": settings.intake.kafka_patience_ms,
            "message.max.bytes": 2 * settings.intake.max_body_bytes,
            # Away is an ordinary state here, and is told once by ourselves.
            "log_level": 2,
        }
        self._producer: Producer | None = None

    def publish(self, messages: Sequence[Message]) -> list[Message]:
        """Those that the broker did not acknowledge in time, in order: it may have them all the same."""
        unsent: list[int] = []
        answered = [0]

        def done(index: int, error: KafkaError | None, _: Delivered) -> None:
            answered[0] += 1
            if error is not None:
                unsent.append(index)

        producer = self._producer = self._producer or Producer(self._options)
        for index, (topic, key, value) in enumerate(messages):
            try:
                producer.produce(topic, value, key, on_delivery=partial(done, index))
            except (BufferError, KafkaException) as error:
                # After a fatal error only a new producer goes on.
                self._producer = None
                log.warning("kafka client takes no message", error=type(error).__name__)
                answered[0] += len(messages) - index
                unsent.extend(range(index, len(messages)))
                break
        # Each is answered for, at the latest when message.timeout.ms is over.
        while answered[0] < len(messages):
            producer.poll(0.1)
        return [messages[index] for index in sorted(unsent)]
