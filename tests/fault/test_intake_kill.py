"""Clients post while the intake is killed and Kafka too: whatever was answered with 202 is in the topic.

At least once in Kafka, and once by record id: the id is made of what was sent, so a client that has no answer sends the
same again, and the gate passes each id once. More cannot be had of clients who may not hear the answer.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.gate_world import read_committed
from bench.intake import prepare, report, serving
from connectors.intake import sites
from infra import provision
from infra.local import ports
from infra.local.service import State
from infra.provision.subjects import Subjects
from schemas import contracts
from streams import districts
from streams.codec import Decoder
from streams.metrics import read
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(200)]
DISTRICT = "intake-kill"


class Sender:
    """Sends numbered reports until told to stop, eight at a time; keeps the id of each that was answered with 202."""

    def __init__(self, port: int, key: str, first: int) -> None:
        self.port, self.key, self.number = port, key, first
        self.kept: dict[str, str] = {}

    def until(self, enough: Callable[[], bool], limit_s: float = 30) -> None:
        """Send until there is enough, or the service is gone."""
        asyncio.run(self._all(enough, time.monotonic() + limit_s))

    async def _all(self, enough: Callable[[], bool], limit: float) -> None:
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{self.port}", timeout=15) as client:
            await asyncio.gather(*[self._one(client, enough, limit) for _ in range(8)])

    async def _one(self, client: httpx.AsyncClient, enough: Callable[[], bool], limit: float) -> None:
        while not enough():
            assert time.monotonic() < limit, "waited too long"
            self.number += 1
            body = json.dumps(report(self.number))
            headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
            try:
                answer = await client.post("/v1/online-reports", content=body, headers=headers)
            except httpx.TransportError:
                return  # killed: nobody was told that this one is kept
            assert answer.status_code == 202, answer.text
            self.kept[answer.json()["record_id"]] = answer.json()["kept_in"]


def kill(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGKILL)
    process.wait()


def test_nothing_that_was_answered_for_is_lost(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack = fresh_stack(services=("kafka", "registry"))
    settings: Settings = stack.start()
    key, log = prepare(settings, DISTRICT), tmp_path / "log"
    kept: dict[str, str] = {}
    broker = next(server for server in stack.servers if server.name == "kafka")

    for turn in range(2):  # killed while it sends to Kafka
        with serving(settings, DISTRICT, log) as (process, port):
            sender = Sender(port, key, turn * 100_000)

            def killed(sender: Sender = sender, process: subprocess.Popen[bytes] = process) -> bool:
                if len(sender.kept) >= 150 and process.poll() is None:
                    kill(process)
                return process.poll() is not None

            sender.until(killed)
            kept |= sender.kept
    assert set(kept.values()) == {"kafka"}

    with serving(settings, DISTRICT, log) as (process, port):  # Kafka dies, then the service while it spools
        sender = Sender(port, key, 300_000)
        os.kill(broker.child.pid, signal.SIGKILL)
        sender.until(lambda: list(sender.kept.values()).count("spool") >= 100)
        kill(process)
        kept |= sender.kept
    with serving(settings, DISTRICT, log) as (process, port):  # started while Kafka is away
        sender = Sender(port, key, 400_000)
        sender.until(lambda: len(sender.kept) >= 50)
        kept |= sender.kept
        assert set(sender.kept.values()) == {"spool"}
        limit = time.monotonic() + 60
        while read(f"intake-{DISTRICT}", settings.data).get("waiting_bytes"):
            stack.watch()
            assert time.monotonic() < limit, "the spool was not sent"
            time.sleep(0.2)
        sender = Sender(port, key, 500_000)
        sender.until(lambda: len(sender.kept) >= 50)
        kept |= sender.kept
        assert set(sender.kept.values()) == {"kafka"}
        process.terminate()
        assert process.wait(20) == 0

    decode = Decoder(ConfluentRegistry(settings), contracts.get("online_report").avro("district"))
    found = [decode(value) for value in read_committed(settings, f"{DISTRICT}.online_report.v1")]
    ids = [one["record_id"] for one in found if isinstance(one, dict)]
    assert set(kept) <= set(ids)
    # A batch on its way when the broker or the service dies may be there twice, no more than that.
    assert len(ids) - len(set(ids)) <= 200


def test_a_stack_serves_a_site_as_soon_as_it_has_a_key_and_again_after_a_kill(fresh_stack: Callable[..., Any]) -> None:
    stack = fresh_stack(services=("kafka", "registry"), workers=("intake",))
    settings: Settings = stack.start()
    stack.watch()
    assert stack.workers == [], "no site, no process"

    def intake() -> Any:
        return next((one for one in stack.workers if one.name == f"intake-{DISTRICT}"), None)

    def wait(condition: Callable[[], bool], limit_s: float = 60) -> None:
        limit = time.monotonic() + limit_s
        while not condition():
            assert time.monotonic() < limit, "waited too long: see the log of the intake"
            stack.watch()
            time.sleep(0.1)

    def healthy() -> bool:
        return intake() is not None and intake().state is State.HEALTHY

    districts.join(settings.districts, DISTRICT, "Intake", None)
    provision.ensure_district(settings, DISTRICT)
    Subjects(settings).apply()
    key = sites.add(settings.data / "intake" / DISTRICT / "keys.toml", "kiosk-1")
    wait(healthy)
    port = int(intake().address.rpartition(":")[2])
    kept: dict[str, str] = {}
    for turn in range(2):
        sender, process = Sender(port, key, turn * 100_000), intake().child

        def killed(sender: Sender = sender, process: Any = process) -> bool:
            if len(sender.kept) >= 150 and process.alive:
                os.kill(process.pid, signal.SIGKILL)
            return not process.alive

        sender.until(killed)
        kept |= sender.kept
        wait(lambda turn=turn: healthy() and intake().restarts == turn + 1)
        assert intake().address.endswith(f":{port}"), "senders know this address"
    sender = Sender(port, key, 500_000)
    sender.until(lambda: len(sender.kept) >= 50)
    kept |= sender.kept
    assert set(kept.values()) == {"kafka"}

    decode = Decoder(ConfluentRegistry(settings), contracts.get("online_report").avro("district"))
    found = [decode(value) for value in read_committed(settings, f"{DISTRICT}.online_report.v1")]
    assert set(kept) <= {one["record_id"] for one in found if isinstance(one, dict)}

    sites.remove(settings.data / "intake" / DISTRICT / "keys.toml", "kiosk-1")
    wait(lambda: intake() is None)
    assert not ports.answers(port)
