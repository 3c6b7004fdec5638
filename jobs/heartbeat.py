"""Says once a second that time has passed, for patterns that wait for something that does not happen.

An event that does not come moves no clock: while all feeds are silent, only this does.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

import structlog
from confluent_kafka import KafkaError, Message, Producer

from jobs.pattern import CLOCK, Pattern
from jobs.tables import ACCOUNT
from schemas import contracts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

SOURCE = "jobs"
EVERY_S = 1.0
LAST_S = 2.0
log = structlog.get_logger(__name__)


@contextmanager
def writing(settings: Settings, patterns: Sequence[Pattern]) -> Iterator[None]:
    """Write heartbeats meanwhile, if one of the patterns reads them and nobody else writes them."""
    if not settings.flink.heartbeats or not any(
        table.contract == CLOCK for one in patterns for table in one.reads.values()
    ):
        yield
        return
    stop = threading.Event()
    writer = threading.Thread(target=_write, args=(settings, stop), name=CLOCK, daemon=True)
    writer.start()
    try:
        yield
    finally:
        stop.set()
        writer.join(LAST_S)


def beats(settings: Settings, source: str) -> tuple[str, Callable[[int], bytes]]:
    """The topic of heartbeats, and what makes one: of a moment, in milliseconds since the epoch."""
    contract = contracts.get(CLOCK)
    encode = Encoder(ConfluentRegistry(settings), contract.subject("result"), contract.avro("result"))
    return contract.topic("result").name, lambda at_ms: encode({"at": at_ms, "source": source})


class Clock:
    """Writes heartbeats."""

    def __init__(self, settings: Settings) -> None:
        self._topic, self._beat = beats(settings, SOURCE)
        self._producer = Producer({**settings.kafka.client(ACCOUNT), "linger.ms": 0, "compression.type": "none"})

    def tell(self, at_ms: int) -> None:
        """Say that it is so late, in milliseconds since the epoch."""
        self._producer.produce(self._topic, self._beat(at_ms), SOURCE, on_delivery=_delivered)
        self._producer.poll(0)

    def close(self) -> None:
        """Send what is left."""
        self._producer.flush(LAST_S)


def _write(settings: Settings, stop: threading.Event) -> None:
    clock = Clock(settings)
    while not stop.wait(EVERY_S):
        clock.tell(round(time.time() * 1000))
    clock.close()


def _delivered(error: KafkaError | None, _: Message) -> None:
    if error is not None:  # the next one comes in a second and says as much
        log.warning("a heartbeat was not written", reason=str(error))
