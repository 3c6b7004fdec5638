"""kill -9 of the jobs process and its JVM in mid-run, several times: the links are those of no kill, each once.

State is kept by RocksDB here. That on the heap is killed in ``test_join_upgrade.py`` and ``test_whole_path_kill.py``.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from jobs.patterns.linked_incidents.reference import PairSettings
from streams.settings import Settings
from tests.flow.join_world import Jobs, assert_same, expected, links, publish, scattered

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
NAME = "kill"
SETTINGS = '{"linked_incidents": {"metres": 900, "days": 3, "match_on": "none", "cell_m": 1800}}'


def test_join_survives_kills(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack: Settings = fresh_stack().start()
    records = scattered(NAME, 1_500, (-48.05, -48.0), (30.0, 30.06), 25, 7)
    jobs = Jobs(
        stack,
        tmp_path / "jobs",
        CROSSBEAT_PATTERNS=SETTINGS,
        CROSSBEAT_FLINK__PARALLELISM="1",
        CROSSBEAT_FLINK__CHECKPOINT_INTERVAL_MS="200",
        CROSSBEAT_FLINK__STATE_BACKEND="rocksdb",
    )
    try:
        for part in range(3):
            jobs.start()
            publish(stack, records[part * 500 : part * 500 + 250])
            await_checkpoint(jobs)
            publish(stack, records[part * 500 + 250 : (part + 1) * 500])
            time.sleep(0.3 * part)  # at another moment of a checkpoint each time
            jobs.kill()
        publish(stack, records[1_500:])
        jobs.start()
        jobs.caught_up()
        wanted = expected(stack, NAME, PairSettings(metres=900.0, days=3.0, match_on=()))
        assert wanted.height > 10_000
        assert_same(links(stack, NAME), wanted)
        assert any((jobs.data / "flink" / "checkpoints" / "linked_incidents").glob("*/shared/*")), "state on disk"
    finally:
        jobs.stop()


def await_checkpoint(jobs: Jobs, within_s: float = 90) -> None:
    """Wait until it runs and has completed one, so that there is something to go on from."""
    before = checkpoints(jobs)
    limit = time.monotonic() + within_s
    while not checkpoints(jobs) - before:
        jobs.check()
        assert time.monotonic() < limit, jobs.counted()
        time.sleep(0.05)


def checkpoints(jobs: Jobs) -> set[Path]:
    """The complete checkpoints on disk."""
    return set((jobs.data / "flink" / "checkpoints").glob("linked_incidents/*/chk-*/_metadata"))
