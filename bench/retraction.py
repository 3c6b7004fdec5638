"""From a retraction to the last `Cancel`: how long after a district took a record back its neighbours have let go.

The platform runs at the pace of `bench.latency`, with the same planted triples. Each of two districts reads its own
`to.<district>.alert.v1`. Now and then the incident of a triple that both were alerted of is taken back; the clock
begins when the retraction was handed to the producer and ends when the last of the alerts that rested on it was
cancelled or updated.
"""

from __future__ import annotations

import random
import threading
import time
from typing import Any

import numpy as np
from confluent_kafka import Producer
from shapely.geometry import box

from bench import latency, stacks
from connectors.delivered import Delivered
from connectors.retract.send import Wish, record
from infra import provision
from schemas import contracts
from streams import districts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

NAMES = (latency.NORTH, latency.SOUTH)
EVERY_S = 0.1
PATIENCE_S = 20.0


def run(records_per_s: int = 1_000, seconds: float = 60.0, seed: int = 7) -> dict[str, Any]:
    """Run the whole platform at a pace and take records back meanwhile.

    Returns:
        ``retracted``, ``cancelled`` (those whose every alert was let go), ``p50_ms``, ``p95_ms``, ``max_ms``.
    """
    with stacks.stack(("gate", "jobs", "loader", "quality")) as (settings, running):
        border, west, east = latency.BORDER, latency.WEST, latency.EAST
        for name, area in zip(
            NAMES, (box(west, border, east, border + 2), box(west, border - 2, east, border)), strict=True
        ):
            districts.join(settings.districts, name, name, area)
            provision.ensure_district(settings, name)
        stacks.wait_all(running)
        stacks.wait_patterns(settings, running.watch)
        retractor = Retractor(settings)
        sent, _, took = latency.publish(settings, records_per_s, seconds + latency.WARM_S, random.Random(seed))  # noqa: S311
        retractor.stop()
    begin = min(sent.values()) + latency.WARM_S
    waits = [(last - asked) * 1000 for asked, last in retractor.done if asked >= begin]
    p50, p95 = np.percentile(waits, [50, 95]) if waits else (float("nan"),) * 2
    return {
        "records_per_s": round(len(sent) / took),
        "retracted": retractor.asked,
        "cancelled": len(retractor.done),
        "measured": len(waits),
        "p50_ms": round(float(p50), 1),
        "p95_ms": round(float(p95), 1),
        "max_ms": round(max(waits, default=float("nan")), 1),
    }


class Retractor:
    """Reads both districts' alerts, takes records back, and times what follows."""

    def __init__(self, settings: Settings) -> None:
        self.asked = 0
        self.done: list[tuple[float, float]] = []
        self._settings = settings
        self._readers = {name: Delivered(settings, name, kinds=("alert",)) for name in NAMES}
        self._resting: dict[str, dict[str, str]] = {}
        self._open: dict[str, tuple[float, set[tuple[str, str]]]] = {}
        self._taken: set[str] = set()
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._work, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Take nothing back any more, wait for what is open, and leave."""
        self._stop.set()
        self._thread.join()
        for reader in self._readers.values():
            reader.close()

    def _work(self) -> None:
        contract = contracts.get("retraction")
        encode = Encoder(ConfluentRegistry(self._settings), contract.subject("district"), contract.avro("district"))
        producer = Producer(self._settings.kafka.client() | {"linger.ms": "1"})
        next_at, until = time.monotonic(), float("inf")
        while time.monotonic() < until:
            for name, reader in self._readers.items():
                for arrival in reader.take(0.01):
                    if arrival.record is not None:
                        self._note(name, arrival.record)
            if self._stop.is_set():
                until = min(until, time.monotonic() + PATIENCE_S)
                if not self._open:
                    return
            elif time.monotonic() >= next_at and (incident := self._choose()):
                next_at = time.monotonic() + EVERY_S
                made = record(Wish("incident", incident, 1, "entered_in_error"), latency.SOUTH)
                topic = contract.topic("district", latency.SOUTH).name
                self._open[incident] = (
                    time.monotonic(),
                    {(name, one) for name, one in self._resting[incident].items()},
                )
                producer.produce(topic, encode(made), made["record_id"])
                producer.poll(0)
                self.asked += 1

    def _choose(self) -> str | None:
        """An incident of the south that both districts were alerted of, and that was not taken back yet."""
        for incident, alerts in self._resting.items():
            if incident not in self._taken and len(alerts) == len(NAMES):
                self._taken.add(incident)
                return incident
        return None

    def _note(self, name: str, alert: dict[str, Any]) -> None:
        if alert["msg_type"] == "Alert":
            for incident in alert["incidents"]:
                if incident.endswith("-b"):
                    self._resting.setdefault(incident, {})[name] = alert["identifier"]
            return
        for incident, (asked, waiting) in list(self._open.items()):
            waiting -= {(name, reference) for reference in alert["references"]}
            if not waiting:
                self.done.append((asked, time.monotonic()))
                del self._open[incident]
