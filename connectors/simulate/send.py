"""Publish a written city: each district as itself, each record in the order of arrival, bad ones included.

Records that the simulator spoiled on purpose are sent as they are where Avro can carry them; one that it cannot carry
at all is sent as a frame without its body, which the gate rejects: what a broken connector would do.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path

from confluent_kafka import Producer

from connectors.simulate.read import records
from connectors.simulate.world import Sent
from schemas import contracts
from streams.codec import HEAD, Encoder
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

Progress = Callable[[Counter[tuple[str, str]]], None]
EVERY = 500
FLUSH_S = 60.0
HOUR_MS = 3_600_000
TICK_MS = 300_000
"""Heartbeats of what is played or tried: the time needed to notice what does not come is right to so much."""


class NotSent(RuntimeError):
    """The broker did not take everything; the text says which topics, and what to do."""


def send(
    settings: Settings,
    folder: Path,
    logins: Mapping[str, Mapping[str, str]],
    *,
    hours_per_s: float | None = None,
    stop: threading.Event | None = None,
    progress: Progress = lambda _: None,
    clock: Callable[[int], None] = lambda _: None,
    registry: Registry | None = None,
) -> Counter[tuple[str, str]]:
    """Publish a city of :mod:`connectors.simulate.write`; returns how many records, by district and record type.

    Args:
        settings: where the registry is.
        folder: the written city.
        logins: Kafka client options of each district, its own user and password in them.
        hours_per_s: hours of the city that pass in a second of ours; none sends as fast as it goes.
        stop: ends it early.
        progress: is told now and then how many were sent so far, by district and record type.
        clock: is told the city's time, milliseconds since the epoch, whenever some minutes of it have passed.
        registry: asked for schema ids, instead of that of the settings.

    Raises:
        NotSent: the broker refused or did not answer.
    """
    found = registry or ConfluentRegistry(settings)
    producers = {
        name: Producer({**options, "linger.ms": "20", "enable.idempotence": "true"}) for name, options in logins.items()
    }
    refused: Counter[str] = Counter()
    encoders: dict[str, tuple[Encoder, int]] = {}
    sent: Counter[tuple[str, str]] = Counter()
    began, first, told = time.monotonic(), None, 0
    for number, one in enumerate(records(folder), 1):
        if stop is not None and stop.is_set():
            break
        first = one.arrived_at if first is None else first
        if hours_per_s:
            due = began + (one.arrived_at - first) / HOUR_MS / hours_per_s
            if (wait := due - time.monotonic()) > 0:
                time.sleep(wait)
        if one.arrived_at >= told + TICK_MS:
            told = one.arrived_at
            clock(told)
        if one.kind not in encoders:
            encoders[one.kind] = _encoder(found, one.kind)
        producer = producers[one.district]
        _produce(producer, one, encoders[one.kind], refused)
        sent[one.district, one.kind] += 1
        if number % EVERY == 0:
            progress(sent)
    for producer in producers.values():
        producer.flush(FLUSH_S)
    left = sum(len(producer) for producer in producers.values())
    if refused or left:
        most = ", ".join(f"{topic} ({count})" for topic, count in refused.most_common(3)) or f"{left} records"
        raise NotSent(f"not taken by the broker: {most}; see `crossbeat status` and `crossbeat apply --check`")
    progress(sent)
    return sent


def _encoder(registry: Registry, kind: str) -> tuple[Encoder, int]:
    contract = contracts.get(kind)
    schema = contract.avro("district")
    return Encoder(registry, contract.subject("district"), schema), registry.id_of(contract.subject("district"), schema)


def _produce(producer: Producer, one: Sent, encoder: tuple[Encoder, int], refused: Counter[str]) -> None:
    topic = contracts.get(one.kind).topic("district", one.district).name
    encode, schema_id = encoder
    try:
        value = encode(one.record)
    except (TypeError, ValueError, OverflowError):
        value = HEAD.pack(0, schema_id)
    key = str(one.record["record_id"]).encode()
    while True:
        try:
            producer.produce(topic, value, key, on_delivery=lambda error, _: refused.update([topic] if error else []))
            producer.poll(0)
            return
        except BufferError:
            producer.poll(0.1)
