"""Patterns that wait for their turn."""

from __future__ import annotations

import pytest

from jobs import pattern, waiting
from jobs.runner import running
from jobs.waiting import AGAIN_S, Waiting
from streams.settings import Configured, Flink


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands until it is set."""
    clock = [100.0]
    monkeypatch.setattr(waiting.time, "monotonic", lambda: clock[0])
    return clock


def test_each_comes_once_when_it_is_due(now: list[float]) -> None:
    queue = Waiting([pattern.load("linked_alerts"), pattern.load("router")], later_s=20)
    assert queue.take() is None
    now[0] += 20
    assert {one.name for one in (queue.take(), queue.take()) if one} == {"linked_alerts", "router"}
    assert queue.take() is None


def test_one_that_fails_waits_longer_each_time(now: list[float]) -> None:
    queue = Waiting([pattern.load("router")], later_s=0)
    for wait in (*AGAIN_S, AGAIN_S[-1]):
        assert queue.take() is not None
        assert queue.again("router") == wait
        assert queue.take() is None
        now[0] += wait


def test_one_that_never_waited_is_not_taken_in(now: list[float]) -> None:
    assert Waiting([]).again("router") is None


def test_what_the_settings_leave_out_does_not_run() -> None:
    given = Configured(flink=Flink(left_out=("coverage_gap",)))
    assert set(pattern.names()) - set(running(given)) == {"coverage_gap"}
    assert running(Configured()) == list(pattern.names()), "every pattern runs unless a setting names it"
