"""Group commit: many requests wait on one answer of Kafka, or on one fsync while it is away.

Two threads. The committer takes what has come in since its last commit and publishes it, or appends it to the spool
while anything waits there, so that the order stays. The drainer publishes what waits in the spool.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Sequence
from queue import Empty, SimpleQueue
from typing import Literal, NamedTuple, Protocol

import structlog

from connectors.intake.errors import SpoolFull
from connectors.intake.kafka import Message
from connectors.intake.spool import Spool

Kept = Literal["kafka", "spool"]
MOST = 2_000
RETRY_S = 1.0
log = structlog.get_logger()


class Publishes(Protocol):
    """What sends messages; see :class:`connectors.intake.kafka.Publisher`."""

    def publish(self, messages: Sequence[Message]) -> list[Message]:
        """Those that were not acknowledged."""


class Waiting(NamedTuple):
    """The messages of a request, and who waits for them."""

    messages: Sequence[Message]
    answer: asyncio.Future[Kept]


class Committer:
    """Keeps messages. Used from one event loop."""

    def __init__(self, publisher: Callable[[], Publishes], spool: Spool, loop: asyncio.AbstractEventLoop) -> None:
        self._publisher, self._spool, self._loop = publisher, spool, loop
        self._queue: SimpleQueue[Waiting | None] = SimpleQueue()
        self._stopping = threading.Event()
        self._wake = threading.Event()
        self._wake.set()
        self.commits = 0
        self.spooled = 0
        self.drained = 0
        self._threads = [threading.Thread(target=self._commit_all, name="committer", daemon=True)]
        self._threads.append(threading.Thread(target=self._drain_all, name="drainer", daemon=True))
        for thread in self._threads:
            thread.start()

    async def keep(self, messages: Sequence[Message]) -> Kept:
        """Where the messages are now, safe from a crash of ours.

        Raises:
            SpoolFull: nowhere.
        """
        answer: asyncio.Future[Kept] = self._loop.create_future()
        self._queue.put(Waiting(messages, answer))
        return await answer

    @property
    def alive(self) -> bool:
        """Whether both threads go on; if not, the service must end and start again."""
        return all(thread.is_alive() for thread in self._threads)

    def stop(self) -> None:
        """Commit what waits, then end."""
        self._queue.put(None)
        self._threads[0].join()
        self._stopping.set()
        self._wake.set()
        self._threads[1].join()

    def _commit_all(self) -> None:
        publisher = self._publisher()
        ending = False
        while not ending:
            batch, ending = self._take()
            if not batch:
                continue
            try:
                kept = self._commit([message for waiting in batch for message in waiting.messages], publisher)
            except SpoolFull as error:
                log.error(str(error))
                self._loop.call_soon_threadsafe(_refuse, batch, error)
                continue
            self._loop.call_soon_threadsafe(_answer, batch, kept)

    def _take(self) -> tuple[list[Waiting], bool]:
        first = self._queue.get()
        if first is None:
            return [], True
        batch, count = [first], len(first.messages)
        while count < MOST:
            try:
                more = self._queue.get_nowait()
            except Empty:
                break
            if more is None:
                return batch, True
            batch.append(more)
            count += len(more.messages)
        return batch, False

    def _commit(self, messages: list[Message], publisher: Publishes) -> Kept:
        self.commits += 1
        if self._spool.append(messages, only_if_pending=True):
            self.spooled += len(messages)
            return "spool"
        unsent = publisher.publish(messages)
        if not unsent:
            return "kafka"
        self._spool.append(unsent)
        self.spooled += len(unsent)
        log.warning("kafka does not answer: records are kept on disk until it does", records=len(unsent))
        self._wake.set()
        return "spool"

    def _drain_all(self) -> None:
        publisher = self._publisher()
        while not self._stopping.is_set():
            self._wake.wait()
            self._wake.clear()
            while not self._stopping.is_set() and (messages := self._spool.next(MOST)):
                if publisher.publish(messages):
                    self._stopping.wait(RETRY_S)
                    continue
                self._spool.published()
                self.drained += len(messages)
                if not self._spool.pending_bytes:
                    log.info("kafka has all that was kept on disk", records=self.drained)


def _answer(batch: Iterable[Waiting], kept: Kept) -> None:
    for waiting in batch:
        if not waiting.answer.done():  # who waited may have hung up
            waiting.answer.set_result(kept)


def _refuse(batch: Iterable[Waiting], error: Exception) -> None:
    for waiting in batch:
        if not waiting.answer.done():
            waiting.answer.set_exception(error)
