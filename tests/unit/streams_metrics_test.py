"""A worker's counters."""

from __future__ import annotations

import os
from pathlib import Path

from streams.metrics import Meter, read


def test_counters_are_written_at_once_then_at_most_once_a_second(tmp_path: Path) -> None:
    meter = Meter("gate", tmp_path)
    meter.set(records_in=1)
    meter.set(records_in=2, lag={"north": 3})
    first = read("gate", tmp_path)
    assert (first["name"], first["pid"], first["records_in"]) == ("gate", os.getpid(), 1)
    meter.flush()
    last = read("gate", tmp_path)
    assert (last["records_in"], last["lag"]) == (2, {"north": 3})
    assert list((tmp_path / "run").iterdir()) == [meter.path]


def test_counters_add_up(tmp_path: Path) -> None:
    meter = Meter("gate", tmp_path)
    for _ in range(3):
        meter.add(records_in=2)
    meter.flush()
    assert read("gate", tmp_path)["records_in"] == 6


def test_a_worker_that_never_wrote_has_none(tmp_path: Path) -> None:
    assert read("gate", tmp_path) == {}
