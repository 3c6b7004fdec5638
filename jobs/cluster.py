"""The Flink that runs the jobs: a mini-cluster in our own JVM, or a cluster of yours, spoken to in one way.

Both are reached through the REST address, so that a job which runs here runs there.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import structlog
from pyflink.java_gateway import get_gateway

from jobs import jars
from streams.settings import Settings

SLOTS_A_JOB = 1  # slot sharing puts one parallel instance of a whole job in one slot
log = structlog.get_logger(__name__)


class Cluster:
    """Where jobs are submitted. Use as a context manager: the mini-cluster ends with it, a cluster of yours stays."""

    def __init__(self, settings: Settings, jobs: int) -> None:
        self._settings = settings
        self._jobs = jobs
        self._mini: Any = None
        self.rest_url = settings.flink.rest_url

    @property
    def embedded(self) -> bool:
        """Whether it is the mini-cluster of this process."""
        return not self._settings.flink.rest_url

    def __enter__(self) -> Cluster:
        """Start the mini-cluster, unless the settings name another."""
        if self.embedded:
            self._mini = self._start()
            self.rest_url = str(self._mini.getRestAddress().get().toString())
        log.info("cluster ready", rest_url=self.rest_url, embedded=self.embedded)
        return self

    def __exit__(self, *_: object) -> None:
        """Stop the mini-cluster."""
        if self._mini is not None:
            self._mini.close()

    def end(self, job_id: str) -> str:
        """Wait until a job of the mini-cluster ends; gives its reason where it failed, otherwise nothing."""
        identity = get_gateway().jvm.org.apache.flink.api.common.JobID.fromHexString(job_id)
        failure = self._mini.requestJobResult(identity).get().getSerializedThrowable()
        return str(failure.get().getFullStringifiedStackTrace()) if failure.isPresent() else ""

    def jars(self, own: Path) -> list[Path]:
        """The jars that a job takes along to a cluster that does not have them."""
        return [own, *jars.connectors(self._settings)]

    def target(self) -> dict[str, str]:
        """The options that send a job here."""
        address = urlsplit(self.rest_url)
        port = address.port or (443 if address.scheme == "https" else 80)
        return {"execution.target": "remote", "rest.address": address.hostname or "127.0.0.1", "rest.port": str(port)}

    def _start(self) -> Any:
        flink = self._settings.flink
        jvm = get_gateway().jvm
        options = {
            "rest.bind-address": "127.0.0.1",
            "rest.address": "127.0.0.1",
            "rest.bind-port": "0",
            "jobmanager.bind-host": "127.0.0.1",
            "taskmanager.bind-host": "127.0.0.1",
            "io.tmp.dirs": str(self._settings.data / "flink" / "tmp"),
            "taskmanager.memory.managed.size": "32mb",
            # For all jobs together, taken when RocksDB is used: what each slot would get of the managed memory is too
            # little for a buffer.
            "state.backend.rocksdb.memory.fixed-per-tm": f"{flink.rocksdb_mb}mb",
            "taskmanager.memory.network.min": "64mb",
            "taskmanager.memory.network.max": "64mb",
            "metrics.fetcher.update-interval": "2000",
            "jobstore.expiration-time": "600",
        }
        configuration = jvm.org.apache.flink.configuration.Configuration()
        for name, value in options.items():
            configuration.setString(name, value)
        builder = jvm.org.apache.flink.runtime.minicluster.MiniClusterConfiguration.Builder()
        mini = jvm.org.apache.flink.runtime.minicluster.MiniCluster(
            builder.setConfiguration(configuration)
            .setCommonBindAddress("127.0.0.1")
            .setNumTaskManagers(1)
            .setNumSlotsPerTaskManager(self._jobs * flink.parallelism * SLOTS_A_JOB)
            .build()
        )
        mini.start()
        return mini
