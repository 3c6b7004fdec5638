"""A stack of its own for each bench, on an empty folder, gone at the end: no bench meets another's data."""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from infra.local.process import resident_bytes
from infra.local.service import State
from infra.local.stack import SERVERS, Stack
from jobs.runner import running as running_patterns
from streams.metrics import read
from streams.settings import Configured, Settings


@contextmanager
def stack(workers: Sequence[str] = ()) -> Iterator[tuple[Settings, Stack]]:
    """Start the servers and these workers; give the settings that reach them."""
    with tempfile.TemporaryDirectory(prefix="crossbeat-bench-") as folder:
        running = Stack(Configured(data_dir=Path(folder)), tuple(SERVERS), tuple(workers))
        settings = running.start()
        try:
            yield settings, running
        finally:
            running.stop()


def wait_ready(running: Stack, limit_s: float = 120.0) -> None:
    """Until every worker is healthy.

    Raises:
        TimeoutError: one is not within the limit.
    """
    until = time.monotonic() + limit_s
    while not running.ready:
        running.watch()
        if time.monotonic() > until:
            raise TimeoutError("the workers did not become healthy: read the logs")
        time.sleep(0.2)


def wait_all(running: Stack, limit_s: float = 180.0) -> None:
    """Until everything that a stack runs is healthy, also what the flow of records does not need.

    Raises:
        TimeoutError: one is not within the limit.
    """
    until = time.monotonic() + limit_s
    while not all(service.state is State.HEALTHY for service in running.services):
        running.watch()
        if time.monotonic() > until:
            raise TimeoutError("a service did not become healthy: read the logs")
        time.sleep(0.1)


def wait_patterns(
    settings: Settings, check: Callable[[], None], names: Sequence[str] = (), limit_s: float = 300.0
) -> None:
    """Until these patterns run, or all: those that records need start first, the others after them, one by one.

    ``check`` looks after what runs them, meanwhile.

    Raises:
        TimeoutError: one does not within the limit.
    """
    until = time.monotonic() + limit_s
    while True:
        states = read("jobs", settings.data)
        lacking = [name for name in names or running_patterns(settings) if states.get(f"{name}.state") != "running"]
        if not lacking:
            return
        check()
        if time.monotonic() > until:
            raise TimeoutError(f"patterns that do not run: {', '.join(lacking)}")
        time.sleep(0.5)


class Memory:
    """Peak resident megabytes of each service with the processes that it started, looked at twice a second."""

    def __init__(self, running: Stack) -> None:
        self.peaks: dict[str, float] = {}
        self.peak_together = 0.0
        self._running = running
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Look no more."""
        self._stop.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._stop.wait(0.5):
            together = 0.0
            for service in self._running.services:
                megabytes = resident_bytes(service.child.pid) / 1e6 if service.child and service.child.alive else 0.0
                together += megabytes
                self.peaks[service.name] = max(self.peaks.get(service.name, 0.0), megabytes)
            self.peak_together = max(self.peak_together, together)
