"""Alerts one after the other, each once a group, however often it is started."""

from __future__ import annotations

import asyncio
import queue
import threading
import uuid
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Final

from confluent_kafka import Consumer, TopicPartition

from connectors.alerts.alert import Alert
from schemas import contracts
from streams.group_places import committed_places
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

GROUP: Final = "crossbeat-alerts"
POLL_S: Final = 0.25
TIMEOUT_S: Final = 10.0


class AlertsLost(RuntimeError):
    """The consumer broke off: the broker or the registry went away. Start again: nothing is skipped."""


async def follow(
    settings: Settings,
    *,
    group: str = GROUP,
    everything: bool = False,
    to_end: bool = False,
    stop: threading.Event | None = None,
    registry: Registry | None = None,
) -> AsyncGenerator[Alert, None]:
    """Yield each alert that this group was not yet given; an alert counts as given when the next one is asked for.

    Args:
        settings: where the broker and the registry are.
        group: who listens. Groups are independent; processes of one group share the work.
        everything: from the first alert that is kept, whatever the group was given, and leave no trace.
        to_end: end at what is the end now, instead of waiting for more.
        stop: ends it from another thread.
        registry: another registry than that of the settings.

    Raises:
        AlertsLost: the consumer broke off.
    """
    group = f"{group}-{uuid.uuid4().hex[:12]}" if everything else group
    positions = _positions(settings, group)
    left = {p: end for p, (given, end) in positions.items() if given < end}
    reached = {p: given for p, (given, _) in positions.items()}
    if to_end and not left:
        return
    from connectors.alerts.consumer import Consumer as Application

    application = Application(settings, registry or ConfluentRegistry(settings), group, remember=not everything)
    await application.app.start()
    try:
        while not (stop and stop.is_set()) and (left or not to_end):
            if application.app.crashed:
                raise AlertsLost(f"the consumer of alerts broke off: {application.app.crash_reason!r}")
            try:
                seen = await asyncio.wait_for(application.queue.get(), POLL_S)
            except TimeoutError:
                continue
            place, before = seen.place, reached.get(seen.place.partition, seen.place.offset)
            if place.offset > before:
                # Not acknowledged, so the next start reads on from the one that is missing.
                raise AlertsLost(f"{place} came where {before} was due: start again, and it is read")
            reached[place.partition] = max(before, place.offset + 1)
            if seen.alert is not None:
                yield seen.alert
            application.done()
            if seen.place.offset >= left.get(seen.place.partition, 0) - 1:
                left.pop(seen.place.partition, None)
        await asyncio.sleep(0)  # let the agent acknowledge the last one, so that stopping commits it
    finally:
        await application.app.stop()


def listen(
    settings: Settings,
    *,
    group: str = GROUP,
    everything: bool = False,
    to_end: bool = False,
    stop: threading.Event | None = None,
) -> Iterator[Alert]:
    """:func:`follow` for code that is not asynchronous: the same, in a thread of its own."""
    ended = stop or threading.Event()
    found: queue.SimpleQueue[Alert | BaseException | None] = queue.SimpleQueue()
    taken = threading.Event()

    async def pump() -> None:
        alerts = follow(settings, group=group, everything=everything, to_end=to_end, stop=ended)
        async with aclosing(alerts):
            async for alert in alerts:
                taken.clear()
                found.put(alert)
                while not await asyncio.to_thread(taken.wait, POLL_S):
                    if ended.is_set():
                        return

    def work() -> None:
        try:
            asyncio.run(pump())
        except BaseException as error:  # not ours to judge: raised again where it can be handled
            found.put(error)
        else:
            found.put(None)

    worker = threading.Thread(target=work, name="alerts", daemon=True)
    worker.start()
    try:
        while (item := found.get()) is not None:
            if isinstance(item, BaseException):
                raise item
            yield item
            taken.set()
    finally:
        ended.set()
        worker.join(TIMEOUT_S)


def _positions(settings: Settings, group: str) -> dict[int, tuple[int, int]]:
    """For each partition of the alerts, what the group was given up to, and the end."""
    topic = contracts.get("alert").topic("result").name
    consumer = Consumer({**settings.kafka.client(), "group.id": group, "enable.auto.commit": False})
    try:
        partitions = [TopicPartition(topic, p) for p in consumer.list_topics(topic, TIMEOUT_S).topics[topic].partitions]
        given = {each.partition: each.offset for each in committed_places(consumer, partitions)}
        ends = {p.partition: consumer.get_watermark_offsets(p, TIMEOUT_S) for p in partitions}
        return {p: (max(given[p], low), high) for p, (low, high) in ends.items()}
    finally:
        consumer.close()
