"""Retention by night: when it is due, what a run that fails changes, and what is counted."""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime
from pathlib import Path

import pytest

from infra.local import doctor, nightly, status
from infra.local.nightly import RETRY_S, Nightly, due
from infra.local.process import Child
from infra.local.retention_counts import Counted, ran_at
from infra.local.service import Place
from infra.retention.due import Gone, Reason
from streams.metrics import read
from streams.settings import Configured, Retention


def at(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


LONG_AGO = at("2026-03-01 00:00")


@pytest.mark.parametrize(
    ("last", "started", "now", "expected"),
    [
        ("2026-03-09 02:30:04", "2026-03-01 00:00", "2026-03-10 02:29:59", False),
        ("2026-03-09 02:30:04", "2026-03-01 00:00", "2026-03-10 02:30:00", True),
        ("2026-03-10 02:30:04", "2026-03-01 00:00", "2026-03-10 23:59:59", False),
        # The stack was off at night: made up for, but not while it has just begun.
        ("2026-03-08 02:30:04", "2026-03-10 08:00", "2026-03-10 08:09:59", False),
        ("2026-03-08 02:30:04", "2026-03-10 08:00", "2026-03-10 08:10:00", True),
        ("2026-03-10 02:30:04", "2026-03-10 08:00", "2026-03-10 20:00:00", False),
    ],
)
def test_it_is_due_once_a_night_and_a_missed_night_is_made_up_for(
    last: str, started: str, now: str, expected: bool
) -> None:
    assert due(Retention(), at(last), at(started), at(now)) is expected


def test_a_folder_on_which_it_never_ran_is_due_and_one_that_switched_it_off_never() -> None:
    now = at("2026-03-10 12:00")
    assert due(Retention(), 0, LONG_AGO, now)
    assert not due(Retention(at=""), 0, LONG_AGO, now)


@pytest.mark.parametrize("wrong", ["24:00", "2:30", "02:60", "night", "02:30:00"])
def test_what_is_no_time_of_day_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="retention"):
        Configured(retention={"at": wrong})


class Clock:
    now = at("2026-03-10 12:00")

    def time(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(nightly.time, "time", made.time)
    return made


def look_until_ended(runs: Nightly, limit_s: float = 20.0) -> None:
    until = time.monotonic() + limit_s
    while runs._child is not None and runs._child.alive:
        assert time.monotonic() < until, "the run did not end"
        time.sleep(0.02)
    runs.look()


def test_a_run_that_fails_is_tried_again_later_and_one_that_went_well_is_not(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    began: list[float] = []
    place = Place(tmp_path, tmp_path, {})
    fails = True

    def spawn(runs: Nightly) -> Child:
        began.append(clock.now)
        if not fails:
            Counted(tmp_path).done([], clock.now)
        return Child([sys.executable, "-c", f"raise SystemExit({int(fails)})"], place.log("retention"))

    monkeypatch.setattr(Nightly, "_spawn", spawn)
    runs = Nightly(Configured(data_dir=tmp_path), place)
    first = clock.now
    for seconds in (0, 600, 601, 650):
        clock.now = first + seconds
        look_until_ended(runs)
    assert began == [first + 600], "not while the stack has just begun, and not again at once"
    fails = False
    for seconds in (601 + RETRY_S - 2, 601 + RETRY_S, 9_000):
        clock.now = first + seconds
        look_until_ended(runs)
    assert began == [first + 600, first + 601 + RETRY_S]
    clock.now = at("2026-03-11 02:30")
    runs.look()
    look_until_ended(runs)
    assert len(began) == 3


def test_the_runs_of_all_stacks_on_a_folder_are_counted_and_doctor_tells_the_last(tmp_path: Path) -> None:
    settings = Configured(data_dir=tmp_path)

    def told() -> str:
        return doctor._retention(settings, status.look(settings)).words

    assert told() == "each day at 02:30 UTC; it has not run yet"
    gone = [Gone("incidents", Reason.CONTRACT, 5), Gone("incidents", Reason.RELEASE, 2, withdrawn=True)]
    counts = Counted(tmp_path).done([*gone, Gone("alerts", Reason.DISTRICT, 1)], at("2026-03-10 02:30"), 3, 1)
    assert counts == {
        "rows": 6, "withdrawn": 2, "backups": 3, "backups_gone": 1, "of_incidents": 7, "of_alerts": 1
    }  # fmt: skip
    Counted(tmp_path).done([Gone("links", Reason.CONTRACT, 4)], at("2026-03-11 02:30"), 2, 2)
    found = read("retention", tmp_path)
    assert {name: found[name] for name in ("runs", "rows", "withdrawn", "last_rows", "last")} == {
        "runs": 2, "rows": 10, "withdrawn": 2, "last_rows": 4, "last": "2026-03-11 02:30 UTC"
    }  # fmt: skip
    assert (found["backups"], found["backups_gone"]) == (2, 3), "those that are left, those that went in all"
    assert told() == "each day at 02:30 UTC; last on 2026-03-11 02:30 UTC, 4 rows"

    Counted(tmp_path).failed("ProvisionError")
    assert ran_at(tmp_path) == at("2026-03-11 02:30"), "what went well is still known"
    assert not doctor._retention(settings, status.look(settings)).well
    Counted(tmp_path).done([], at("2026-03-12 02:30"))
    assert doctor._retention(settings, status.look(settings)).well
