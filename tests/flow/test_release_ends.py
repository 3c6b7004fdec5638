"""A release that ends by time: whoever had an alert that rests on it is told, even where the gate was dead by then."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from bench import gate_world
from connectors.loader.store import connect
from connectors.loader.worker import Loader
from connectors.trace.ask import trace
from schemas import contracts, samples
from streams.codec import Decoder, Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings
from tests.flow.join_world import BEGAN_MS
from tests.flow.retraction_world import PATIENCE_S, Chain, Post, join, receipts

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
HOUR_MS = 3_600_000
A, B = "ends-a", "ends-b"
ENDS = f"{B}:1"
INCIDENT = contracts.get("incident")
Record = dict[str, Any]


class Gate:
    """The gate as a process of its own, that can be killed."""

    def __init__(self, stack: Settings, log: Path) -> None:
        self._stack, self._log = stack, log
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it on what the one before left."""
        own = {"CROSSBEAT_DATA_DIR": str(self._stack.data), "CROSSBEAT_CACHE_DIR": str(self._stack.cache)}
        with self._log.open("ab") as out:
            command = [sys.executable, "-m", "streams.gate"]
            self._process = subprocess.Popen(command, env=os.environ | own, stdout=out, stderr=out)

    def kill(self) -> None:
        """As a power cut would."""
        if self._process is not None:
            assert self._process.poll() is None, self._log.read_text()[-3000:]
            self._process.kill()
            self._process.wait(10)
            self._process = None


def at(name: str, district: str, hours: float) -> Record:
    """An incident as its district publishes it, near in place and time to the others."""
    began = BEGAN_MS + int(hours * HOUR_MS)
    return samples.example(INCIDENT, "district") | {
        "record_id": f"{district}:{name}",
        "district": district,
        "recorded_at": began + HOUR_MS,
        "occurred_from": began,
        "occurred_to": began,
        "time_precision": "minute",
        "lat": -40.0,
        "lon": 10.0,
        "location_precision_m": 10.0,
        "release_to": [A, B],
        "release_expires_at": None,
    }


def publish(stack: Settings, *records: Record) -> None:
    encode = Encoder(ConfluentRegistry(stack), INCIDENT.subject("district"), INCIDENT.avro("district"))
    gate_world.publish(stack, [(one["district"], one["record_id"].encode(), encode(one)) for one in records])


def shared(stack: Settings, record_id: str) -> list[tuple[int, int | None, list[str]]]:
    """Each revision of a record in the shared stream: its number, its owner's where that is another, who may see it."""
    decode = Decoder(ConfluentRegistry(stack), INCIDENT.avro("shared"))
    found = [decode(raw) for raw in gate_world.read_committed(stack, INCIDENT.topic("shared").name)]
    return [
        (one["revision"], one["owner_revision"], one["visible_to"])
        for one in found
        if isinstance(one, dict) and one["record_id"] == record_id
    ]


def until_shared(stack: Settings, record_id: str, count: int) -> None:
    limit = time.monotonic() + PATIENCE_S
    while (found := len(shared(stack, record_id))) < count:
        assert time.monotonic() < limit, f"{found} of {count} revisions of {record_id}"
        time.sleep(0.1)


def now() -> int:
    return int(time.time() * 1000)


def test_a_release_that_ends_is_followed_by_all_that_was_made_of_it(
    fresh_stack: Callable[..., Any], tmp_path: Path
) -> None:
    stack: Settings = fresh_stack().start()
    jobs, gate = Chain(stack, tmp_path / "jobs"), Gate(stack, tmp_path / "gate.log")
    join(stack, jobs, (A, B))
    jobs.start()
    gate.start()
    post = Post(stack, (A, B))
    record = at("1", B, 2)
    try:
        publish(stack, at("1", A, 1), record, at("2", A, 3))
        post.until(lambda: all(box.alerts for box in post.of.values()), jobs)
        it_ends_while_all_runs(stack, jobs, post, record)
        it_ends_while_the_gate_is_dead(stack, jobs, post, gate, record)
        a_lost_memory_ends_nothing_twice(stack, gate, record)
        it_has_landed(stack)
    finally:
        post.close()
        gate.kill()
        code = jobs.stop()
    assert code == 0, (tmp_path / "jobs" / "jobs.log").read_text()[-3000:]


def it_ends_while_all_runs(stack: Settings, jobs: Chain, post: Post, record: Record) -> None:
    publish(stack, record | {"revision": 2, "release_expires_at": now() + 3_000})
    post.until(lambda: len(post.of[A].alerts) == 2 and not post.of[A].standing("link"), jobs)
    first, cancel = post.of[A].alerts
    assert (cancel["msg_type"], cancel["references"]) == ("Cancel", [first["identifier"]])
    assert ENDS not in cancel["headline"] + cancel["description"]
    assert post.of[A].messages["incident"][-1] == (ENDS, None)
    post.until_quiet(jobs)
    assert [alert["msg_type"] for alert in post.of[B].alerts] == ["Alert"], "who still sees them all hears nothing new"
    assert set(post.of[B].standing("link")) == {f"{A}:1~{ENDS}", f"{A}:2~{ENDS}"}
    told = receipts(stack)
    assert (told[f"incident|{ENDS}|3"]["recipients"], told[f"incident|{ENDS}|3"]["withdrawn_from"]) == ([], [A])
    assert told[f"link|{A}:1~{ENDS}|4"]["withdrawn_from"] == [A]
    assert shared(stack, ENDS) == [(1, None, [A, B]), (2, None, [A, B]), (3, 2, [B])]


def it_ends_while_the_gate_is_dead(stack: Settings, jobs: Chain, post: Post, gate: Gate, record: Record) -> None:
    """Its owner goes on from its own numbers: releases it anew, then until a time at which nobody can end it."""
    publish(stack, record | {"revision": 3})
    post.until(lambda: len(post.of[A].alerts) == 3 and len(post.of[A].standing("link")) == 2, jobs)
    until = now() + 15_000
    publish(stack, record | {"revision": 4, "release_expires_at": until})
    until_shared(stack, ENDS, 5)
    gate.kill()
    assert now() < until, "it ended before the gate was dead"
    time.sleep((until - now()) / 1000 + 0.5)
    assert shared(stack, ENDS)[3:] == [(4, 3, [A, B]), (5, 4, [A, B])]
    gate.start()
    post.until(lambda: len(post.of[A].alerts) == 4 and ENDS not in post.of[A].standing("incident"), jobs)
    alert, cancel = post.of[A].alerts[2:]
    assert (alert["msg_type"], cancel["msg_type"], cancel["references"]) == ("Alert", "Cancel", [alert["identifier"]])
    assert shared(stack, ENDS)[5:] == [(6, 4, [B])]


def a_lost_memory_ends_nothing_twice(stack: Settings, gate: Gate, record: Record) -> None:
    gate.kill()
    shutil.rmtree(stack.data / "gate")
    gate.start()
    publish(stack, at("8", A, 900))
    until_shared(stack, f"{A}:8", 1)
    publish(stack, at("9", A, 900) | {"release_expires_at": now() + 3_000})
    until_shared(stack, f"{A}:9", 2)  # by then it has looked for what is due
    assert shared(stack, f"{A}:9") == [(1, None, [A, B]), (2, 1, [A])]
    assert len(shared(stack, ENDS)) == 6
    publish(stack, record | {"revision": 5, "release_to": []})
    until_shared(stack, ENDS, 7)
    assert shared(stack, ENDS)[6] == (7, 5, [B])


def it_has_landed(stack: Settings) -> None:
    stopping = threading.Event()
    loader, limit = Loader(stack, stopping), time.monotonic() + PATIENCE_S
    client = connect(stack)
    query = "SELECT visible_to FROM incidents FINAL WHERE record_id = {id:String} AND revision = 2"
    landed = lambda: client.query(query, parameters={"id": f"{A}:9"}).result_rows  # noqa: E731
    loader.run(until=lambda: bool(landed()) or time.monotonic() > limit)
    assert landed() == [([A],)]
    client.close()
    narrowed = [event for event in trace(stack, f"{A}:9") if event.what == "shared" and event.who == (A,)]
    assert ["its release is over" in event.detail for event in narrowed] == [True]
