"""The gate is killed in mid-run, twice: what is shared in the end is what would have been shared without."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bench import gate_world as world
from infra.local import endpoints
from schemas import contracts
from streams.codec import Decoder, Encoder
from streams.gate.options import Gate
from streams.metrics import read
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = pytest.mark.server
INCIDENT = contracts.get("incident")
COUNT = 12_000
NAMES = ["gate-kill-one", "gate-kill-two", "gate-kill-three"]


@contextmanager
def gate(settings: Settings) -> Iterator[subprocess.Popen[bytes]]:
    """The gate as a process of its own."""
    endpoints.publish(settings)
    environment = os.environ | {
        "CROSSBEAT_DATA_DIR": str(settings.data),
        "CROSSBEAT_GATE__INSTANCE": settings.gate.instance,
        "CROSSBEAT_GATE__GROUP": settings.gate.group,
        "CROSSBEAT_GATE__BATCH_RECORDS": str(settings.gate.batch_records),
    }
    process = subprocess.Popen([sys.executable, "-m", "streams.gate"], env=environment)
    try:
        yield process
    finally:
        if process.poll() is None:
            process.terminate()
            process.wait(30)


def judged_by(settings: Settings, process: subprocess.Popen[bytes]) -> int:
    counters = read("gate", settings.data)
    return int(str(counters.get("records_in", 0))) if counters.get("pid") == process.pid else 0


def test_killed_twice_it_shares_each_record_once(stack: Settings, tmp_path: Path) -> None:
    options = Gate(instance="gate-test-kill", group="crossbeat-gate-test-kill", batch_records=100)
    settings = stack.model_copy(update={"data_dir": tmp_path, "gate": options})
    world.join_districts(settings, NAMES)
    world.make_topics(settings, NAMES)
    registry = ConfluentRegistry(settings)
    encode = Encoder(registry, INCIDENT.subject("district"), INCIDENT.avro("district"))
    decode = Decoder(registry, INCIDENT.avro("shared"))
    expected = list(world.records(NAMES, COUNT))
    messages = [(one["district"], one["record_id"].encode(), encode(one)) for one in expected]
    # Every tenth is sent twice: the memory must hold across a kill too.
    world.publish(settings, [message for index, message in enumerate(messages) for _ in range(1 + (index % 10 == 0))])

    killed_at = []
    for _ in range(2):
        with gate(settings) as process:
            deadline = time.monotonic() + 60
            while not judged_by(settings, process):
                assert process.poll() is None
                assert time.monotonic() < deadline, "the gate did not begin"
                time.sleep(0.01)
            process.send_signal(signal.SIGKILL)
            process.wait()
            killed_at.append(judged_by(settings, process))
    assert sum(killed_at) < COUNT, "killed too late to be in mid-run"

    topic = INCIDENT.topic("shared").name
    with gate(settings) as process:
        deadline, found = time.monotonic() + 120, 0
        while found < COUNT:
            assert process.poll() is None
            assert time.monotonic() < deadline, f"{found} of {COUNT} records were shared"
            time.sleep(0.5)
            records = [decode(raw) for raw in world.read_committed(settings, topic)]
            ids = [one["record_id"] for one in records if isinstance(one, dict) and one["district"] in NAMES]
            found = len(ids)
        time.sleep(1)
        process.terminate()
        assert process.wait(30) == 0
    after = [decode(raw) for raw in world.read_committed(settings, topic)]
    ids = [one["record_id"] for one in after if isinstance(one, dict) and one["district"] in NAMES]
    assert sorted(ids) == sorted(one["record_id"] for one in expected)
