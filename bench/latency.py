"""From publish to alert: how long after the record that completes a pattern the alert is there to be read.

Two made-up districts meet along a parallel. Background incidents lie off the border, at some thousand places that recur
as addresses do; every so often a triple is planted across the border, its three incidents apart in the stream. The
clock of an alert begins when the last of its incidents was handed to the producer, and ends when a plain consumer of
`alert.v1` has it.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import numpy as np
from confluent_kafka import Consumer, Producer
from shapely.geometry import box

from bench import stacks
from infra import provision
from schemas import contracts
from streams import districts
from streams.codec import Decoder, Defect, Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

NORTH, SOUTH = "bench-north", "bench-south"
BORDER, WEST, EAST = 50.0, 0.0, 5.0
SITES, PLACES = 180, 4_000
OFFENCES = ("burglary", "robbery", "simple_assault", "motor_vehicle_theft", "other_larceny")
HOUR_MS = 3_600_000
PLANTED_PER_S = 10
WARM_S = 60.0
SETTLE_S = 10.0
Record = dict[str, Any]


def run(records_per_s: int = 1_000, seconds: float = 60.0, seed: int = 7) -> dict[str, Any]:
    """Run the whole platform at a pace.

    Returns:
        ``p50_ms``, ``p95_ms``, ``p99_ms``, ``max_ms`` of the alerts planted after the first minute, in which the JVMs
        compile; ``planted`` triples and ``seen`` alerts, two a triple; ``records_per_s`` as published; ``peak_rss_mb``
        by process and ``peak_rss_mb_together``.
    """
    with stacks.stack(("gate", "jobs", "loader", "quality")) as (settings, running):
        for name, area in ((NORTH, box(WEST, BORDER, EAST, BORDER + 2)), (SOUTH, box(WEST, BORDER - 2, EAST, BORDER))):
            districts.join(settings.districts, name, name, area)
            provision.ensure_district(settings, name)
        stacks.wait_all(running)
        stacks.wait_patterns(settings, running.watch)
        memory = stacks.Memory(running)
        listener = Listener(settings)
        sent, planted, took = publish(settings, records_per_s, seconds + WARM_S, random.Random(seed))  # noqa: S311
        # Each of the two districts has an alert of its own.
        listener.wait_for(2 * planted, SETTLE_S)
        memory.stop()
    begin = min(sent.values()) + WARM_S
    waits = []
    for incidents, arrived in listener.alerts:
        last = max(sent[one] for one in incidents)
        if last >= begin:
            waits.append((arrived - last) * 1000)
    p50, p95, p99 = np.percentile(waits, [50, 95, 99]) if waits else (float("nan"),) * 3
    return {
        "records_per_s": round(len(sent) / took),
        "planted": planted,
        "seen": len(listener.alerts),
        "measured": len(waits),
        "p50_ms": round(float(p50), 1),
        "p95_ms": round(float(p95), 1),
        "p99_ms": round(float(p99), 1),
        "max_ms": round(max(waits, default=float("nan")), 1),
        "peak_rss_mb": {name: round(value) for name, value in memory.peaks.items()},
        "peak_rss_mb_together": round(memory.peak_together),
    }


class Listener:
    """Reads every alert as it comes, in a thread."""

    def __init__(self, settings: Settings) -> None:
        contract = contracts.get("alert")
        self.alerts: list[tuple[list[str], float]] = []
        self._decode = Decoder(ConfluentRegistry(settings), contract.avro("result"))
        self._consumer = Consumer(
            settings.kafka.client()
            | {"group.id": "bench-latency", "auto.offset.reset": "earliest", "fetch.wait.max.ms": 10}
        )
        self._consumer.subscribe([contract.topic("result").name])
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    def wait_for(self, count: int, patience_s: float) -> None:
        """Until so many came, or no more come for a while; then stop."""
        seen, since = -1, time.monotonic()
        while len(self.alerts) < count and time.monotonic() - since < patience_s:
            if len(self.alerts) != seen:
                seen, since = len(self.alerts), time.monotonic()
            time.sleep(0.05)
        self._stop.set()
        self._thread.join()
        self._consumer.close()

    def _listen(self) -> None:
        while not self._stop.is_set():
            message = self._consumer.poll(0.05)
            if message is None or message.error() is not None:
                continue
            arrived = time.monotonic()
            alert = self._decode(message.value())
            if isinstance(alert, Defect):
                raise RuntimeError(f"an alert cannot be read: {alert.message}")
            if alert["msg_type"] == "Alert":
                self.alerts.append((alert["incidents"], arrived))


def publish(
    settings: Settings, records_per_s: int, seconds: float, rng: random.Random
) -> tuple[dict[str, float], int, float]:
    """Publish at a pace; when each record was handed over, how many triples were planted, seconds it took."""
    contract = contracts.get("incident")
    encode = Encoder(ConfluentRegistry(settings), contract.subject("district"), contract.avro("district"))
    producer = Producer(settings.kafka.client() | {"linger.ms": 5, "compression.type": "lz4"})
    sent: dict[str, float] = {}
    total = int(records_per_s * seconds)
    began = time.monotonic()
    planted = 0
    for number, record in enumerate(stream(total, records_per_s, rng)):
        ahead = began + number / records_per_s - time.monotonic()
        if ahead > 0:
            time.sleep(ahead)
        topic = contract.topic("district", record["district"]).name
        producer.produce(topic, encode(record), record["record_id"])
        sent[record["record_id"]] = time.monotonic()
        planted += record["record_id"].endswith("-c")
        producer.poll(0)
    took = time.monotonic() - began
    producer.flush()
    return sent, planted, took


def stream(total: int, records_per_s: int, rng: random.Random) -> Iterator[Record]:
    """Background, with the three of each triple strewn among it, each some fractions of a second after the other."""
    every = records_per_s // PLANTED_PER_S
    waiting: list[tuple[int, Record]] = []
    now = int(time.time() * 1000)
    places = [
        (BORDER + rng.choice((-1, 1)) * rng.uniform(0.05, 0.45), rng.uniform(WEST, WEST + 0.7)) for _ in range(PLACES)
    ]
    for number in range(total):
        if number % every == 0 and number + 3 * every < total:
            waiting += [(number + (i + 1) * every // 2, one) for i, one in enumerate(triple(number // every, now, rng))]
            waiting.sort(key=lambda each: each[0])
        if waiting and waiting[0][0] <= number:
            yield waiting.pop(0)[1]
            continue
        lat, lon = rng.choice(places)
        yield incident(f"{NORTH if lat > BORDER else SOUTH}:{number}", lat, lon, now, rng.choice(OFFENCES))


def triple(number: int, now: int, rng: random.Random) -> list[Record]:
    """North, south, north, within 250 m and six hours; no two triples of one offence share a place (1.7 km apart)."""
    site, offence = number % SITES, OFFENCES[number // SITES % len(OFFENCES)]
    lon = WEST + 0.01 + site * 0.024
    places = ((NORTH, 0.0005), (SOUTH, -0.0005), (NORTH, 0.0010))
    return [
        incident(f"{name}:t{number}-{mark}", BORDER + north, lon + rng.uniform(0, 0.001), now - i * HOUR_MS, offence)
        for i, ((name, north), mark) in enumerate(zip(places, "abc", strict=True))
    ]


def incident(record_id: str, lat: float, lon: float, when: int, offence: str) -> Record:
    """One record of the contract, released to all."""
    return {
        "record_id": record_id,
        "district": record_id.partition(":")[0],
        "revision": 1,
        "recorded_at": when,
        "occurred_from": when - 2 * HOUR_MS,
        "occurred_to": when - HOUR_MS,
        "time_precision": "window",
        "lat": lat,
        "lon": lon,
        "location_precision_m": 20.0,
        "grading_source": "reliable",
        "grading_information": "A",
        "statement": "fact",
        "release_to": ["all"],
        "release_purposes": ["prevention"],
        "release_conditions": None,
        "release_handling": "P",
        "release_expires_at": None,
        "offence": offence,
        "completion": "completed",
        "status": "open",
        "method_of_entry": None,
        "point_of_entry": None,
        "tool": None,
        "location_category": None,
        "description": None,
    }
