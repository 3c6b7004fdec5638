"""Links and alerts of the running jobs against brute force, with incidents in order and years out of order."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from connectors.alerts import Alert, listen
from jobs.columns import read_topic
from jobs.patterns.linked_alerts.rule import identifiers
from jobs.patterns.linked_incidents import catchup
from jobs.patterns.linked_incidents.reference import pairs
from jobs.patterns.linked_incidents.shared import link_rows, read_shared
from schemas import contracts
from streams.registry import ConfluentRegistry
from streams.settings import Settings
from tests.flow.join_world import BEGAN_MS, DAY_MS, PARTITIONS, Jobs, Record, incident, publish

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
DISTRICTS = ("quay-a", "quay-b", "quay-c")
LINK_COLUMNS = [field.name for field in contracts.get("link").fields("result")]


class JobsWithAlerts(Jobs):
    """The join and the alert rule, as `crossbeat up` runs them."""

    patterns = ("linked_incidents", "linked_alerts")


def quay(name: str, count: int, seed: int) -> list[Record]:
    """Incidents of three districts at a few corners of a quay, over sixty days; some that only their owner may see."""
    rng = random.Random(seed)
    made = []
    for number in range(count):
        district = rng.choice(DISTRICTS)
        lat, lon = -50.0 + 0.002 * rng.randrange(6) + rng.uniform(0, 0.002), 20.0 + rng.uniform(0, 0.004)
        readers = list(DISTRICTS) if rng.random() < 0.8 else [district]
        category = rng.choice(["burglary", "burglary", "robbery"])
        time_ms = BEGAN_MS + rng.randrange(60 * DAY_MS)
        made.append(incident(f"{name}-{number}", district, time_ms, lat, lon, category=category, visible_to=readers))
    return made


def landed_links(stack: Settings) -> list[dict[str, Any]]:
    contract = contracts.get("link")
    read = read_topic(stack, ConfluentRegistry(stack), "link.v1", contract.avro("result"), LINK_COLUMNS).records
    rows = read.select(LINK_COLUMNS).to_dicts()
    for row in rows:
        for side in ("a_occurred_from", "b_occurred_from"):
            row[side] = round(row[side].timestamp() * 1000)
    return sorted(rows, key=lambda row: str(row["link_id"]))


def brute_force(stack: Settings) -> list[dict[str, Any]]:
    incidents = read_shared(stack)
    return sorted(link_rows(incidents, pairs(incidents)), key=lambda row: str(row["link_id"]))


def raised(stack: Settings, wanted: set[str]) -> dict[str, Alert]:
    """Alerts by identifier, as soon as all that are wanted are there, or at the end of patience."""
    limit = time.monotonic() + 30
    while True:
        found = {alert.identifier: alert for alert in listen(stack, everything=True, to_end=True)}
        if found.keys() >= wanted or time.monotonic() > limit:
            return found


def years_pass(stack: Settings, jobs: Jobs) -> None:
    """Let every district report something of five years later, and wait until the job's clock has followed."""
    ahead = BEGAN_MS + 5 * 365 * DAY_MS
    for partition in range(PARTITIONS):
        publish(stack, [incident(f"clock:{partition}", "clock", ahead, -45.0, partition)], partition)
    limit = time.monotonic() + 60
    while jobs.counted().get("linked_incidents.watermark", 0) < ahead - 2 * DAY_MS:
        assert time.monotonic() < limit, jobs.counted()
        jobs.check()
        time.sleep(0.3)


def test_links_and_alerts_equal_brute_force_also_when_incidents_are_years_late(
    fresh_stack: Callable[..., Any], tmp_path: Path
) -> None:
    stack: Settings = fresh_stack().start()
    jobs = JobsWithAlerts(stack, tmp_path / "jobs")
    publish(stack, quay("early", 200, 4))
    jobs.start()
    try:
        jobs.caught_up()
        first = brute_force(stack)
        assert landed_links(stack) == first
        assert len(first) > 300
        wanted = identifiers(first)
        alerts = raised(stack, wanted)
        assert alerts.keys() == wanted
        assert len(wanted) > 10
        assert all(len(a.incidents) == 3 and len(a.districts) >= 2 and len(a.visible_to) == 1 for a in alerts.values())
        assert catchup.run(stack).late == 0

        years_pass(stack, jobs)
        publish(stack, quay("late", 60, 5))
        jobs.caught_up()
        second = brute_force(stack)
        missing = len(second) - len(landed_links(stack))
        assert missing > 100, "nothing was left to catch up"
        done = catchup.run(stack)
        assert (done.late, done.written) == (60, missing)
        assert landed_links(stack) == second
        assert catchup.run(stack).late == 0
        wanted = identifiers(second)
        assert raised(stack, wanted).keys() == wanted
    finally:
        code = jobs.stop()
    assert code == 0, (tmp_path / "jobs" / "jobs.log").read_text()[-3000:]
