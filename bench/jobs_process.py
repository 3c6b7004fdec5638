"""The jobs process as benches run it, and what Flink says of its jobs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import psutil

from jobs import rest
from streams import metrics
from streams.settings import Settings

CLOCK = "default_database.clock "
"""In the name of a source of heartbeats."""


class BenchFailed(RuntimeError):
    """The jobs ended, or found something else than the reference."""


class Jobs:
    """A jobs process that runs."""

    def __init__(self, settings: Settings, process: subprocess.Popen[bytes]) -> None:
        self._settings = settings
        self._process = process
        self.rest_url = self._url()
        self.jvm = psutil.Process(process.pid).children()[0]

    def check(self) -> None:
        """Raise :class:`BenchFailed` if the process ended."""
        if self._process.poll() is not None:
            raise BenchFailed(f"the jobs ended with {self._process.returncode}")

    def counted(self) -> dict[str, Any]:
        """Its counters."""
        return dict(metrics.read("jobs", self._settings.data))

    def job_ids(self) -> dict[str, str]:
        """See :func:`jobs.rest.job_ids`."""
        return rest.job_ids(self.rest_url)

    def read(self, job_id: str) -> int:
        """Records that the job's sources have read, each as often as it is read; heartbeats aside."""
        vertices = rest.get(self.rest_url, f"/jobs/{job_id}")["vertices"]
        sources = [one for one in vertices if one["name"].startswith("Source") and CLOCK not in one["name"]]
        return sum(one["metrics"]["read-records"] for one in sources)

    def reading_since(self, job_id: str) -> float:
        """When the first of the job's sources began to run, in seconds since the epoch."""
        return rest.reading_since_ms(self.rest_url, job_id) / 1_000

    def checkpoint(self, job_id: str) -> dict[str, int]:
        """See :func:`jobs.rest.checkpoint`."""
        return rest.checkpoint(self.rest_url, job_id)

    def cpu_s(self) -> float:
        """Processor seconds of the JVM so far."""
        return float(sum(self.jvm.cpu_times()[:2]))

    def resident_mb(self) -> int:
        """Resident memory of the JVM, MB."""
        return round(self.jvm.memory_info().rss / 1e6)

    def _url(self) -> str:
        while True:
            counted = self.counted()
            if counted.get("pid") == self._process.pid and counted.get("rest_url"):
                return str(counted["rest_url"])
            self.check()
            time.sleep(0.05)


@contextmanager
def at_work(settings: Settings, names: Sequence[str], **more: str) -> Iterator[Jobs]:
    """Run the jobs of these patterns; given as soon as the first of them was submitted, stopped at the end.

    ``more`` is environment for them.

    Raises:
        BenchFailed: with the end of their log, where it is raised within.
    """
    environment = {"CROSSBEAT_DATA_DIR": str(settings.data), "CROSSBEAT_CACHE_DIR": str(settings.cache)}
    with tempfile.TemporaryFile() as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "jobs.run", *names], env=os.environ | environment | more, stdout=log, stderr=log
        )
        try:
            yield Jobs(settings, process)
        except BenchFailed as error:
            log.seek(0)
            raise BenchFailed(f"{error}\n{log.read()[-2000:].decode()}") from error
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(60)
