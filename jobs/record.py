"""``python -m jobs.record``: write down, once a cache, the classes that Flink loads until its mini-cluster runs.

The JVM of the jobs takes them from that archive at each later start. Nothing is planned while it is recorded: with the
classes of the planner in it as well, Java 21 leaves holes in what it says of nested classes, and the compiler of
Flink's planner fails on them (infra/decisions/0014).
"""

from __future__ import annotations

import subprocess
import sys

import structlog

from jobs import jvm
from jobs.cluster import Cluster
from streams import settings
from streams.settings import Settings

LIMIT_S = 60.0
log = structlog.get_logger(__name__)


def once(configured: Settings) -> None:
    """Have the archive, in a process of its own, for PyFlink knows one JVM a process. Without one a start is slower."""
    if jvm.program(configured, []).archive.exists():
        return
    try:
        subprocess.run([sys.executable, "-m", "jobs.record"], check=True, timeout=LIMIT_S, capture_output=True)
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        log.warning("no archive of classes was made: this start is slower", reason=str(error))


def main() -> None:
    """Start what every start starts, and end it."""
    configured = settings.load()
    machine = jvm.start(configured, [], record=True)
    try:
        with Cluster(configured, 1):
            pass
    finally:
        machine.end()


if __name__ == "__main__":
    main()
