"""What all tests share: a real stack for those marked ``server``, and no network for the others.

``stack`` is one running and provisioned broker, registry and ClickHouse for the whole session: give each test
districts and ids of its own. ``fresh_stack`` makes stacks for tests that kill things. Both keep their data in
temporary folders, and share the downloaded parts with everything else (``CROSSBEAT_CACHE_DIR``).
"""

from __future__ import annotations

import os
import socket
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from streams import settings as settings_module
from streams.settings import Configured, Settings

# Set by nobody in tests: a developer's own addresses or data folder must not reach them.
for name in [name for name in os.environ if name.startswith("CROSSBEAT_") and name != "CROSSBEAT_CACHE_DIR"]:
    del os.environ[name]

# Tests ask what the JVMs do, not how fast: most live for a minute, too short for Java's second compiler to pay.
os.environ["JAVA_TOOL_OPTIONS"] = "-XX:TieredStopAtLevel=1"

# What a process of tests needs at most: a stack of its own, one that a test starts beside it, and jobs.
GB_A_PROCESS = 4

_connect = socket.socket.connect


def pytest_xdist_auto_num_workers() -> int:
    """For ``-n auto``: one process more than cores, for servers are waited for; fewer where memory is short."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 30
    return max(1, min((os.cpu_count() or 1) + 1, memory // GB_A_PROCESS))


class NetworkForbidden(RuntimeError):
    """A test without the mark ``server`` tried to reach a server."""


@pytest.fixture(autouse=True)
def no_network(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let only tests that are marked ``server`` open connections."""
    if request.node.get_closest_marker("server"):
        return

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family == socket.AF_UNIX:  # between our own processes
            return _connect(self, address)
        raise NetworkForbidden(f"this test connects to {address}: mark it with @pytest.mark.server, or don't")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket.socket, "connect_ex", refuse)


@pytest.fixture(autouse=True)
def forget_settings() -> Iterator[None]:
    """``streams.settings.load()`` remembers its answer: not from one test to the next."""
    settings_module.load.cache_clear()
    yield
    settings_module.load.cache_clear()


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Settings]:
    """The settings of a running broker, registry and ClickHouse, with topics, subjects and tables."""
    from infra.local.stack import Stack

    running = Stack(Configured(data_dir=tmp_path_factory.mktemp("stack")))
    try:
        yield running.start()
    finally:
        running.stop()


@pytest.fixture
def fresh_stack(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Callable[..., Any]]:
    """A function that makes a ``Stack`` of its own data folder, not yet started; all are stopped after the test.

    ``fresh_stack(services=("kafka",), workers=(), data=path, **settings)``; the same ``data`` twice is a restart.
    Unless ``services`` are named, it uses the registry of ``stack``, which holds the same and is half of a start.
    """
    from infra.local.stack import Stack

    made: list[Stack] = []

    def make(
        services: tuple[str, ...] = (),
        workers: tuple[str, ...] = (),
        data: Path | None = None,
        **settings: Any,
    ) -> Stack:
        if not services:
            services = ("kafka", "clickhouse")
            settings["registry"] = {"url": request.getfixturevalue("stack").registry.url}
        fresh = Stack(Configured(data_dir=data or tmp_path / "data", **settings), services, workers)
        made.append(fresh)
        return fresh

    yield make
    for one in made:
        one.stop()
