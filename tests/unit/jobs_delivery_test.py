"""What the router is told: its plan and tables from the contracts, and which districts receive what."""

from __future__ import annotations

import json
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from jobs import delivery, pattern, receivers, tables
from schemas import contracts
from streams import districts
from streams.district_file import DistrictFile
from streams.settings import Kafka, Registry, Settings


def settings(folder: Path) -> Settings:
    return Settings(
        data_dir=folder,
        kafka=Kafka(bootstrap="broker:9092", security_protocol="SASL_PLAINTEXT", username="jobs", password="p"),
        registry=Registry(url="http://registry/api", username="r", password="q"),
    )


def test_every_delivered_type_is_in_the_plan_and_is_read(tmp_path: Path) -> None:
    plan = {one["type"]: one for one in delivery.plan()["types"]}
    assert set(plan) == {contract.name for contract in contracts.all() if "delivered" in contract.stages}
    assert plan["link"]["version"] == ["a_revision", "b_revision"] and not plan["link"]["owned"]
    assert plan["incident"]["topic"] == "to.{district}.incident.v1" and plan["incident"]["owned"]
    assert len({one["record"] for one in plan.values()}) == len(plan), "a type is known by the name of its record"
    source, sink = tables.statements(pattern.load("router"), settings(tmp_path))
    for contract in delivery.delivered():
        assert contract.topic("shared" if "shared" in contract.stages else "result").name in source
    for table in (source, sink):
        assert "ScramLoginModule" in table or "sasl.jaas.config" in table
    assert "basic-auth.user-info' = 'r:q'" in source
    assert "`topic` STRING NOT NULL METADATA" in sink


@pytest.mark.parametrize("contract", delivery.delivered(), ids=lambda contract: contract.name)
def test_what_is_delivered_has_no_field_that_its_source_lacks(contract: Any) -> None:
    source = {field.name for field in contract.fields("shared" if "shared" in contract.stages else "result")}
    assert {field.name for field in contract.fields("delivered")} <= source


def test_a_district_is_delivered_to_once_its_topics_are_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live: set[str] = {"to.north.alert.v1"}
    admin = SimpleNamespace(list_topics=lambda timeout: SimpleNamespace(topics=live))
    monkeypatch.setattr(receivers, "AdminClient", lambda options: admin)
    at = settings(tmp_path)
    kept = receivers.Receivers(at)

    def looked() -> Any:
        kept.refresh()
        return json.loads(delivery.receivers_file(at).read_text())

    assert looked() == {}
    districts.put(at.districts, DistrictFile(name="north", title="North", receives=("alert", "link")), None)
    assert looked() == {"north": ["alert"]}
    live.add("to.north.link.v1")
    assert looked() == {"north": ["alert", "link"]}
    districts.remove(at.districts, "north")
    assert looked() == {}
