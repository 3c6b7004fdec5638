"""A pattern whose job failed: no process ends with it, so status and doctor must say it themselves."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from infra.local import doctor, report, status
from infra.local.hold import Hold
from infra.local.service import State
from streams.metrics import Meter
from streams.settings import Configured


@pytest.fixture
def stand(tmp_path: Path) -> Iterator[Configured]:
    """A data folder on which a stack runs, all of its services healthy, and its settings."""
    hold = Hold(tmp_path)
    hold.take()
    service = report.ServiceReport(name="jobs", state=State.HEALTHY, address="")
    written = report.StackReport(pid=os.getpid(), updated_at=time.time(), ready=True, services=[service])
    (tmp_path / report.FILE).write_text(json.dumps(written.model_dump(mode="json")))
    yield Configured(data_dir=tmp_path)
    hold.free()


def test_a_failed_pattern_is_named_until_it_runs_again(stand: Configured) -> None:
    meter = Meter("jobs", stand.data)
    meter.set(**{"linked_series.state": "failed", "router.state": "running"})
    meter.flush()
    found = status.look(stand)
    assert found.failed_patterns == ["linked_series"]
    assert not found.healthy
    told = list(doctor._patterns(found, stand.data / "logs"))
    assert [(one.name, one.well) for one in told] == [("pattern linked_series", False)]
    assert "jobs.log" in told[0].todo
    meter.set(**{"linked_series.state": "running"})
    meter.flush()
    again = status.look(stand)
    assert again.healthy
    assert again.failed_patterns == []
    assert list(doctor._patterns(again, stand.data / "logs")) == []


def test_a_pattern_that_began_anew_is_told_of_and_is_no_fault(stand: Configured) -> None:
    meter = Meter("jobs", stand.data)
    why = "2026-01-02T03-04-05Z: cell_m is 2700.0, and was 3200.0"
    meter.set(**{"linked_incidents.state": "running", "linked_incidents.anew": why})
    meter.flush()
    found = status.look(stand)
    assert found.healthy
    assert found.begun_anew == {"linked_incidents": why}
    told = list(doctor._patterns(found, stand.data / "logs"))
    assert [(one.name, one.well) for one in told] == [("pattern linked_incidents", True)]
    assert why in told[0].words


def test_what_was_set_aside_is_told_by_whom_and_is_no_ill_health(stand: Configured) -> None:
    for name, counts in (
        ("jobs", {"router.state": "running", "router.undecodable": 3, "linked_alerts.undecodable": 0}),
        ("gate", {"undecodable": 1}),
        ("loader", {"refused": 2}),
    ):
        meter = Meter(name, stand.data)
        meter.set(**counts)
        meter.flush()
    found = status.look(stand)
    assert found.healthy
    assert found.set_aside == {"gate": 1, "loader": 2, "router": 3}
    told = {one.name: one for one in doctor._set_aside(found, stand.data / "logs")}
    assert [told[f"set aside by {name}"].well for name in found.set_aside] == [False] * 3
    for name, log in (("gate", "gate.log"), ("loader", "loader.log"), ("router", "jobs.jvm.log")):
        assert log in told[f"set aside by {name}"].todo
    assert told["set aside by gate"].words.startswith("1 message that")
