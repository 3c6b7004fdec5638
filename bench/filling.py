"""Fill topics with what benches read, as fast as the broker takes it unless it is paced."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple, TypeVar

from confluent_kafka import Producer

from streams.settings import Settings

POLL_EVERY = 1_000
Thing = TypeVar("Thing")


class Message(NamedTuple):
    """A message to publish."""

    topic: str
    partition: int
    key: str
    value: bytes


def paced(messages: Iterable[Thing], per_s: float) -> Iterator[Thing]:
    """No more than so many a second, in small portions."""
    began = time.monotonic()
    for number, message in enumerate(messages):
        if number % POLL_EVERY == 0:
            time.sleep(max(0.0, began + number / per_s - time.monotonic()))
        yield message


def fill(settings: Settings, messages: Iterable[Message]) -> None:
    """Publish them in their order, and wait until the broker has all."""
    producer = Producer(
        {**settings.kafka.client(), "linger.ms": 50, "compression.type": "lz4", "batch.size": 1_000_000}
    )
    for number, message in enumerate(messages):
        while True:
            try:
                producer.produce(message.topic, message.value, message.key, message.partition)
                break
            except BufferError:
                producer.poll(0.1)
        if number % POLL_EVERY == 0:
            producer.poll(0)
    producer.flush()
