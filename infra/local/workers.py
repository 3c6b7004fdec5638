"""Our own processes: gate, jobs, loader and others, each a ``python -m`` command that reads the endpoints."""

from __future__ import annotations

import importlib.util
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path

from infra.local.process import Child
from infra.local.service import Place, Service
from streams import metrics
from streams.settings import Settings

# They start in this order after the servers are provisioned, and stop before them.
WORKERS = {
    "gate": "streams.gate",
    "jobs": "jobs.run",
    "loader": "connectors.loader",
    "guard": "infra.guard",
    "catchup": "jobs.catchup",
    "quality": "connectors.quality",
    "intake": "connectors.intake",
    "retention": "infra.retention",
}
ON_CAUSE = {"intake", "retention"}  # run only when there is something to do: see intakes.py, nightly.py
FLINK_JARS = ("flink-sql-connector-kafka", "flink-sql-avro-confluent-registry", "ecj")
STALE_S = 10.0
PREPARES = {"jobs"}  # starts beside the servers, for it has much to prepare; begins when all is provisioned
OFF_THE_PATH = {"catchup", "quality", "guard"}  # records flow without them: they start when all others are ready
PROVISIONED = Path("run") / "provisioned"
TELLS_STATE = {"jobs"}  # counts before its jobs run


class Worker(Service):
    """One worker. Healthy: its counters are its own and fresh, and its state, if it tells one, is ``running``."""

    patience_s = 20.0

    def __init__(self, settings: Settings, place: Place, name: str) -> None:
        super().__init__(settings, place)
        self.name = name
        self.module = WORKERS[name.partition("-")[0]]
        self.needed = name not in OFF_THE_PATH
        self.prepares = name in PREPARES

    @property
    def address(self) -> str:
        """The command that it is."""
        return f"python -m {self.module}"

    def environment(self) -> dict[str, str]:
        """What it is told beside the settings that it reads itself."""
        return {
            "CROSSBEAT_DATA_DIR": str(self.place.data),
            "CROSSBEAT_CACHE_DIR": str(self.place.cache),
            "CROSSBEAT_FLINK__HEARTBEATS": str(self.settings.flink.heartbeats),
            "CROSSBEAT_PATTERNS": json.dumps(self.settings.patterns),
        }

    def spawn(self) -> Child:
        """Start it; the data folder is all it needs to be told."""
        after = ["--after", str(self.place.data / PROVISIONED)] if self.prepares else []
        return Child([sys.executable, "-m", self.module, *after], self.place.log(self.name), env=self.environment())

    def healthy(self) -> bool:
        """See the class."""
        if self.child is None or not self.child.alive:
            return False
        counters = metrics.read(self.name, self.place.data)
        updated = counters.get("updated_at")
        if counters.get("pid") != self.child.pid or not isinstance(updated, int | float):
            return False
        state = counters.get("state", "starting" if self.name in TELLS_STATE else "running")
        return time.time() - updated < STALE_S and state == "running"


def jars(workers: Sequence[str]) -> tuple[str, ...]:
    """The parts that these workers need: the jobs take their jars by path from the endpoints."""
    return FLINK_JARS if "jobs" in workers else ()


def present(name: str) -> bool:
    """Whether a worker's module is there and can be run."""
    found = importlib.util.find_spec(WORKERS[name])
    if found is None or found.submodule_search_locations is None:
        return found is not None
    return importlib.util.find_spec(f"{WORKERS[name]}.__main__") is not None
