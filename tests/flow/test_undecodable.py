"""What is no record, on topics of the platform: jobs, gate, loader and catch-up go on, and each says so."""

from __future__ import annotations

import re
import threading
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Producer

from connectors.loader.intake import Source
from connectors.loader.routes import from_contracts
from connectors.loader.store import connect
from connectors.loader.worker import Loader
from infra.local import status
from jobs.patterns.linked_incidents.shared import read_shared
from schemas import contracts
from streams.codec import Encoder
from streams.gate.options import Gate
from streams.gate.worker import Worker
from streams.metrics import Meter, read
from streams.registry import ConfluentRegistry
from streams.settings import Settings
from tests.flow.join_world import BEGAN_MS, incident, publish
from tests.flow.retraction_world import Chain, Post, join
from tests.flow.test_gate import until

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
A, B = "odd-a", "odd-b"
TOPICS = [contracts.get(name).topic(stage).name for name, stage in (
    ("incident", "shared"), ("lookout", "shared"), ("link", "result"), ("alert", "result"),
)]  # fmt: skip
HOUR_MS = 3_600_000
UNKNOWN = (0x7FFF_FFFF, 0xFFFF_FFFF, 0)
"""Ids of schemas that the registry never gave; it answers each in its own way."""
PLACE = re.compile(r"is set aside: ([\w.]+:\d+:\d+): ")


def damaged(stack: Settings, numbers: Iterable[int]) -> list[bytes]:
    """What a damaged disk, a bad version and a stranger write."""
    contract = contracts.get("incident")
    whole = Encoder(ConfluentRegistry(stack), contract.subject("shared"), contract.avro("shared"))(at(1, A, 0))
    return [b"no frame", b"", whole[:30], *(b"\0" + number.to_bytes(4, "big") + whole[5:] for number in numbers)]


def at(number: int, district: str, lat: float) -> dict[str, Any]:
    given = {"visible_to": [A, B], "location_precision_m": 10.0}
    return incident(f"{district}:{number}", district, BEGAN_MS + number * HOUR_MS, lat, 10.0, **given)


def put(stack: Settings, values: list[bytes]) -> set[str]:
    """Write them to each of the topics; where they stand."""
    places: set[str] = set()
    producer = Producer(stack.kafka.client())
    for topic in TOPICS:
        for value in values:
            producer.produce(
                topic, value, b"odd", on_delivery=lambda _, m: places.add(f"{m.topic()}:{m.partition()}:{m.offset()}")
            )
    assert producer.flush(30) == 0
    return places


def test_a_message_that_is_no_record_stops_nothing_and_is_told(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack: Settings = fresh_stack().start()
    jobs = Chain(stack, tmp_path / "jobs")
    join(stack, jobs, (A, B))
    places = put(stack, damaged(stack, UNKNOWN))  # some before a job has seen a record
    each = len(places) // len(TOPICS)
    jobs.start()
    post = Post(stack, (A, B))
    try:
        publish(stack, [at(1, A, -40.0), at(1, B, -40.0), at(2, A, -40.0)])
        post.until(lambda: all(box.alerts and box.standing("link") for box in post.of.values()), jobs)
        places |= put(stack, damaged(stack, UNKNOWN))  # and some amid them
        publish(stack, [at(5, A, -41.0), at(5, B, -41.0), at(6, A, -41.0)])
        post.until(lambda: all(len(box.alerts) == 2 for box in post.of.values()), jobs)
        told = {"router": len(places), "linked_incidents": 2 * each, "linked_alerts": 2 * each}
        until(lambda: status.set_aside({"jobs": jobs.counted()}) == told)
        assert all(jobs.counted()[f"{name}.restarts"] == 0 for name in jobs.patterns)
        log = (jobs.data / "logs" / "jobs.jvm.log").read_text()
        named = Counter(PLACE.findall(log))
        assert set(named) == places
        assert all(named[place] == (1 if "lookout" in place or "alert" in place else 2) for place in places)
        assert "no frame at" not in log
        the_loader_sets_the_same_aside(stack, tmp_path / "loader", places)
        the_gate_starts_beside_them(stack, jobs.data, 4 * each)
        assert len(read_shared(stack).record_id) == 6, "the catch-up reads the topic of incidents as columns"
    finally:
        post.close()
        code = jobs.stop()
    assert code == 0, jobs.log_end()


def the_loader_sets_the_same_aside(stack: Settings, folder: Path, places: set[str]) -> None:
    own = stack.model_copy(deep=True, update={"data_dir": folder})
    source = Source(own, from_contracts().subscription())
    loader = Loader(own, threading.Event(), source=source, meter=Meter("loader", folder))
    loader.run(until=lambda: loader.rows().get("incidents", 0) >= 6 and source.lag() == 0)
    kept = connect(stack).query("SELECT rejection_id FROM rejections FINAL WHERE district = '-'")
    assert {row[0] for row in kept.result_rows} == places
    assert status.set_aside({"loader": read("loader", folder)}) == {"loader": len(places)}


def the_gate_starts_beside_them(stack: Settings, folder: Path, number: int) -> None:
    name = "gate-odd"
    own = stack.model_copy(update={"data_dir": folder, "gate": Gate(instance=name, group=f"crossbeat-{name}")})
    stop, ended = threading.Event(), []
    thread = threading.Thread(target=lambda: ended.append(Worker(own).run(stop)))
    thread.start()
    until(lambda: status.set_aside({"gate": read("gate", folder)}) == {"gate": number})
    stop.set()
    thread.join(30)
    assert ended == [None], "it ended by itself"
