"""The supervisor's parts without a server: locks, ports, children, back-off, words for failures."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections import namedtuple
from pathlib import Path

import psutil
import pytest

from infra.local import checks, ports, select
from infra.local.clickhouse_config import users_xml
from infra.local.diagnose import diagnose
from infra.local.errors import AlreadyRunning, DiskFull, MemoryShort, PortTaken, StackError, StartFailed
from infra.local.hold import Hold, holder
from infra.local.process import Child
from infra.local.service import Place, Service, State
from infra.local.stack import Stack
from streams.settings import ClickHouse, Configured


class Fake(Service):
    """A service that is a shell command."""

    name = "fake"
    patience_s = 5.0
    script = "sleep 60"

    @property
    def address(self) -> str:
        return "nowhere"

    def spawn(self) -> Child:
        return Child(["sh", "-c", self.script], self.place.log(self.name))

    def healthy(self) -> bool:
        return True


@pytest.fixture
def fake(tmp_path: Path) -> Fake:
    return Fake(Configured(data_dir=tmp_path), Place(tmp_path, tmp_path, {}))


def ended(service: Fake, script: str) -> StackError:
    """The error for a service that ran ``script`` and ended."""
    service.script = script
    service.start()
    assert service.child is not None
    wait(lambda: not service.child.alive)
    service.look()
    return diagnose(service)


def wait(condition, limit_s: float = 20.0) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.02)


def test_one_stack_a_data_folder(tmp_path: Path) -> None:
    first = Hold(tmp_path)
    first.take()
    assert holder(tmp_path) == os.getpid()
    with pytest.raises(AlreadyRunning, match=f"process {os.getpid()}"):
        Hold(tmp_path).take()
    first.free()
    assert holder(tmp_path) is None
    Hold(tmp_path).take()


def test_a_named_port_that_is_taken_is_said(tmp_path: Path) -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken, match=f"port {port} \\(registry\\)") as failure:
            ports.choose({"registry": port}, tmp_path)
    assert "CROSSBEAT_EMBEDDED__REGISTRY_PORT" in failure.value.todo


def test_free_ports_differ_and_stay(tmp_path: Path) -> None:
    wanted = dict.fromkeys(("kafka", "kafka_controller", "registry", "clickhouse_http"), 0)
    given = ports.choose(wanted, tmp_path)
    assert len(set(given.values())) == 4
    assert all(ports.LOWEST <= port < ports.HIGHEST for port in given.values())
    assert ports.choose(wanted, tmp_path) == given
    with socket.socket() as other:
        other.bind(("127.0.0.1", given["kafka"]))
        other.listen()
        assert ports.choose(wanted, tmp_path)["kafka"] != given["kafka"]


def test_a_kill_9_of_the_parent_takes_its_children_along(tmp_path: Path) -> None:
    program = (
        "import sys, time; from pathlib import Path; from infra.local.process import Child\n"
        f"print(Child(['sleep', '120'], Path({str(tmp_path)!r}) / 'x.log').pid, flush=True); time.sleep(120)"
    )
    with subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True) as parent:
        assert parent.stdout is not None
        child = psutil.Process(int(parent.stdout.readline()))
        wait(lambda: child.name() == "sleep")
        parent.kill()
        parent.wait()
        wait(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE)


def test_a_child_that_ignores_the_kind_signal_is_killed(fake: Fake) -> None:
    fake.script, fake.patience_s = "trap '' TERM; echo ready; while true; do sleep 1; done", 0.3
    fake.start()
    assert fake.child is not None
    wait(lambda: "ready" in fake.child.said())
    fake.stop()
    assert fake.child.exit_code == -signal.SIGKILL
    assert fake.detail == "did not end within 0 s: killed"


def test_a_dead_service_is_started_again_later_and_later(fake: Fake, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = 0.0
    monkeypatch.setattr("infra.local.stack.time.monotonic", lambda: clock)
    fake.script = "exit 3"
    stack = Stack(Configured(data_dir=fake.place.data))
    stack.servers = [fake]
    (fake.place.data / "run").mkdir()
    fake.start()
    starts = []
    for tick in range(200):
        clock = tick * 0.1
        wait(lambda: not fake.child.alive)
        before = fake.restarts
        stack.watch()
        if fake.restarts > before:
            starts.append(clock)
            assert fake.detail == "ended with code 3, started again"
    stack.stop()
    waits = [round(b - a) for a, b in zip([0, *starts], starts, strict=False)]
    assert waits[:4] == [0, 1, 2, 5]
    assert fake.restarts == len(starts) == 5


@pytest.mark.parametrize(
    ("script", "kind", "words"),
    [
        ("echo 'java.net.BindException: Address already in use'; exit 1", PortTaken, "another program took its port"),
        ("echo 'write failed: No space left on device'; exit 1", DiskFull, "the disk is full"),
        ("echo 'java.lang.OutOfMemoryError: Java heap space'; exit 3", MemoryShort, "it ran out of memory"),
        ("kill -9 $$", MemoryShort, "was ended by SIGKILL"),
        ("echo something else; exit 7", StartFailed, "ended with code 7 while it started:\nsomething else"),
    ],
)
def test_the_end_of_a_service_is_put_in_words(fake: Fake, script: str, kind: type[StackError], words: str) -> None:
    error = ended(fake, script)
    assert type(error) is kind
    assert words in error.message
    assert str(fake.place.log("fake")) in error.todo


def test_short_memory_is_said_before_the_start(monkeypatch: pytest.MonkeyPatch) -> None:
    memory = namedtuple("memory", "available")
    monkeypatch.setattr(psutil, "virtual_memory", lambda: memory(500 << 20))
    with pytest.raises(MemoryShort, match="500 MB of memory available"):
        checks.memory(Configured(), ["kafka", "registry"])


def test_all_parts_together_stay_below_six_gigabytes() -> None:
    assert checks.needed_mb(Configured(), list(checks.OVERHEAD_MB)) <= 6_000


def test_parts_are_chosen_by_name() -> None:
    assert select.choose(only="kafka,clickhouse") == (("kafka", "clickhouse"), ())
    assert "kafka" not in select.choose(without="kafka")[0]
    with pytest.raises(StackError, match="no part is called kafak"):
        select.choose(only="kafak")


def test_no_user_of_the_store_is_without_password() -> None:
    with pytest.raises(ValueError, match="need passwords"):
        users_xml(ClickHouse(password="one"), 1 << 30)
    text = users_xml(ClickHouse(password="one-secret", analyst_password="other-secret"), 1 << 30)
    assert "one-secret" not in text
    assert "other-secret" not in text


def test_a_stopped_service_is_not_started_again(fake: Fake) -> None:
    stack = Stack(Configured(data_dir=fake.place.data))
    stack.servers = [fake]
    (fake.place.data / "run").mkdir()
    fake.start()
    stack.stop()
    assert fake.state is State.STOPPED
    fake.look()
    assert fake.state is State.STOPPED
