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
    for row in of("alert", rows):
        for reference in row["references"]:
            del alerts[reference]
        assert row["identifier"] not in alerts
        if row["msg_type"] != "Cancel":
            alerts[row["identifier"]] = row
    return alerts


def of(table: str, rows: list[tuple[str, Alert]]) -> list[Alert]:
    return [row for name, row in rows if name == table]


def series_now(rows: list[tuple[str, Alert]]) -> dict[str, Alert]:
    """The series that stand in the end, by name: of each the last state counts, and its revisions rise."""
    last: dict[str, Alert] = {}
    for row in of("series", rows):
        assert row["revision"] > last.get(row["series_id"], {"revision": 0})["revision"]
        last[row["series_id"]] = row
    return {name: row for name, row in last.items() if not row["retracted"]}


def told(alerts: dict[str, Alert]) -> set[tuple[str, tuple[str, ...]]]:
    return {(alert["recipient"], tuple(alert["incidents"])) for alert in alerts.values()}


def test_the_order_of_arrival_changes_nothing(trial: Trial, city: tuple[list[Alert], list[Alert]]) -> None:
    planted, lines = city
    rows = trial.run("linked_series", lines)
    alerts = standing(rows)
    series = series_now(rows)
    assert {row["alert"] for row in series.values()} == set(alerts)
    for row in series.values():  # what the table says and what the alert says is one thing
        alert = alerts[row["alert"]]
        assert (row["recipient"], row["members"], row["score"]) == (
            alert["recipient"],
            alert["incidents"],
            alert["score"],
        )
    members = [(row["recipient"], name) for row in series.values() for name in row["members"]]
    assert len(members) == len(set(members)), "an incident is in one series of a recipient"
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
    for table, row in rows:
        evidence = row["incidents" if table == "alert" else "members"]
        assert all(row["recipient"] in readers[name] for name in evidence), evidence
        assert row["recipient"] in {owners[name] for name in evidence}
        assert row["visible_to"] == [row["recipient"]]
