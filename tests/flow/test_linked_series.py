"""Series in a simulated city: whichever order its incidents come in, each recipient ends up told of the same ones."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest

from connectors.simulate import Plan, simulate
from jobs.patterns.linked_series import truth
from jobs.trial import Trial

pytestmark = [pytest.mark.server, pytest.mark.timeout(180)]
TRIES = ("linked_series",)
PLAN = Plan(seed=4, districts=4, days=28, faults=False)
Alert = dict[str, Any]


@pytest.fixture(scope="module")
def city() -> tuple[list[Alert], list[Alert]]:
    """The planted series, and the incidents in order of arrival; every district is taken to be near every other."""
    world = simulate(PLAN)
    names = list(world.city.names)
    lines = []
    for sent in sorted(world.sent, key=lambda sent: sent.arrived_at):
        if sent.kind == "incident" and sent.record["offence"] in ("burglary", "motor_vehicle_theft", "robbery"):
            district = sent.record["district"]
            others = [name for name in names if name != district]
            seen = names if "all" in sent.record["release_to"] else sorted({district, *sent.record["release_to"]})
            keys = {"category": sent.record["offence"], "near_districts": others, "visible_to": seen}
            lines.append({"type": "incident", "record": sent.record | keys})
    return world.truth["series"], lines


def standing(rows: list[tuple[str, Alert]]) -> dict[str, Alert]:
    """The alerts that stand in the end, by identifier: each Update or Cancel must name one that stood."""
    alerts: dict[str, Alert] = {}
    for _, row in rows:
        for reference in row["references"]:
            del alerts[reference]
        assert row["identifier"] not in alerts
        if row["msg_type"] != "Cancel":
            alerts[row["identifier"]] = row
    return alerts


def told(alerts: dict[str, Alert]) -> set[tuple[str, tuple[str, ...]]]:
    return {(alert["recipient"], tuple(alert["incidents"])) for alert in alerts.values()}


def test_the_order_of_arrival_changes_nothing(trial: Trial, city: tuple[list[Alert], list[Alert]]) -> None:
    planted, lines = city
    alerts = standing(trial.run("linked_series", lines))
    found = [one for one in planted if any(truth.matches(one, alert) for alert in alerts.values())]
    assert len(found) >= 0.7 * len(planted)
    for seed in range(2):
        shuffled = Random(seed).sample(lines, len(lines))
        assert told(standing(trial.run("linked_series", shuffled))) == told(alerts)


def test_nobody_is_told_of_what_it_may_not_see(trial: Trial, city: tuple[list[Alert], list[Alert]]) -> None:
    _, lines = city
    readers = {line["record"]["record_id"]: set(line["record"]["visible_to"]) for line in lines}
    owners = {line["record"]["record_id"]: line["record"]["district"] for line in lines}
    rows = trial.run("linked_series", lines)
    assert rows
    for _, row in rows:
        assert all(row["recipient"] in readers[name] for name in row["incidents"]), row["incidents"]
        assert row["recipient"] in {owners[name] for name in row["incidents"]}
        assert row["visible_to"] == [row["recipient"]]
