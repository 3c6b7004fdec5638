"""Time passes for every pattern that waits for what does not come, also where nothing comes at all.

Subtasks of a source that have no partition are what this is about: a topic of one partition, read by two.
"""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from bench import gate_world
from jobs import pattern
from streams.settings import Settings
from tests.flow.join_world import Jobs

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
WAITING = {
    name: [key for key in pattern.load(name).settings if key.endswith("idle_s")]
    for name in pattern.names()
    if any(table.contract == pattern.CLOCK for table in pattern.load(name).reads.values())
}


class WaitingJobs(Jobs):
    """The patterns that read heartbeats."""

    patterns = tuple(WAITING)


def test_heartbeats_alone_move_the_time_of_every_pattern_that_reads_them(stack: Settings, tmp_path: Path) -> None:
    gate_world.join_districts(stack.model_copy(update={"data_dir": tmp_path / "districts"}), ["waits"])
    gate_world.make_topics(stack, ["waits"])
    idle = {f"CROSSBEAT_PATTERNS__{name.upper()}__{key.upper()}": "1" for name, keys in WAITING.items() for key in keys}
    began, jobs = time.time() * 1000, WaitingJobs(stack, tmp_path / "jobs", CROSSBEAT_FLINK__PARALLELISM="2", **idle)
    jobs.start()
    try:
        limit = time.monotonic() + 180
        waiting = set(WAITING)
        while waiting:
            time.sleep(0.5)
            jobs.check()
            counted = jobs.counted()
            waiting = {name for name in waiting if counted.get(f"{name}.watermark", 0) < began - 60_000}
            assert time.monotonic() < limit, f"no time passed for {sorted(waiting)}: {counted}"
    finally:
        jobs.stop()
