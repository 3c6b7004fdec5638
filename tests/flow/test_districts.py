"""From files to the live system and back: planned, applied, changed by hand, removed."""

from __future__ import annotations

import re
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from clickhouse_connect.driver.client import Client
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, ResourceType
from shapely.geometry import box
from typer.testing import CliRunner

from infra.cli import app
from infra.districts import Change, folders, plan, scaffold
from infra.districts.apply import Unsafe, apply
from infra.local.stack import Stack
from infra.provision import topics
from infra.provision.store import connect
from streams import agreements, districts
from streams.settings import Settings

pytestmark = pytest.mark.server

AGREEMENT = """
title = "Plan"
parties = ["plan-one", "plan-two"]
records = ["incident"]
purposes = ["prevention"]
"""


class World:
    """Files of two districts and an agreement, and a roster of their own on the stack that all tests share."""

    def __init__(self, stack: Settings, folder: Path) -> None:
        self.settings = stack.model_copy(update={"data_dir": folder / "data"})
        self.districts, self.agreements = folder / "districts", folder / "agreements"
        for west, name in enumerate(("plan-one", "plan-two")):
            area = box(west, 50, west + 1, 51)
            scaffold.write(self.districts, scaffold.Wishes(name, name, area))
        self.agreements.mkdir()
        (self.agreements / "plan.toml").write_text(AGREEMENT)

    def plan(self) -> list[Change]:
        """The changes of these two; other tests have topics of their own on this broker."""
        found = plan(self.settings, folders.read(self.districts, self.agreements))
        return [one for one in found if "plan" in one.name]

    def apply(self, allow_unsafe: bool = False) -> list[str]:
        told: list[str] = []
        files = folders.read(self.districts, self.agreements)
        apply(self.settings, files, self.plan(), told.append, allow_unsafe=allow_unsafe)
        return told

    def topics(self) -> set[str]:
        found = topics.Topics(self.settings).of_nobody([])
        return {name for name in found if str(topics.owner(name)).startswith("plan-")}

    def edit(self, name: str, old: str, new: str) -> None:
        path = self.districts / name / "district.toml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


def test_files_are_applied_drift_is_found_and_a_district_leaves(stack: Settings, tmp_path: Path) -> None:
    world = World(stack, tmp_path)
    first = world.plan()
    assert {(one.action, one.kind) for one in first} == {
        ("add", kind) for kind in ("district", "agreement", "topic", "account", "right")
    }
    assert not any(one.unsafe for one in first)
    told = world.apply()
    assert "district plan-two takes part, number 1" in told
    assert "agreement plan is in force" in told
    assert any(line.startswith("what plan-one needs to connect is in") for line in told)
    assert "made topic plan-one.incident.v1" in told
    assert world.plan() == []
    assert world.apply() == []

    # Somebody changes a topic by hand: found, and mended.
    resource = ConfigResource(ResourceType.TOPIC, "plan-one.incident.v1")
    resource.add_incremental_config(ConfigEntry("retention.ms", "-1", incremental_operation=AlterConfigOpType.SET))
    admin = AdminClient(stack.kafka.client("admin"))
    for future in admin.incremental_alter_configs([resource]).values():
        future.result()
    (found,) = world.plan()
    assert (found.action, found.name) == ("change", "plan-one.incident.v1")
    assert found.unsafe == "what is older than 30 days is deleted"
    with pytest.raises(Unsafe, match=r"topic plan-one\.incident\.v1"):
        world.apply()
    world.apply(allow_unsafe=True)
    assert world.plan() == []

    # It receives other things from now on.
    world.edit("plan-one", '"alert", "retraction"', '"incident"')
    assert {(one.action, one.kind, one.name) for one in world.plan()} == {
        ("change", "district", "plan-one"),
        ("add", "topic", "to.plan-one.incident.v1"),
        ("remove", "topic", "to.plan-one.alert.v1"),
        ("remove", "topic", "to.plan-one.retraction.v1"),
    }
    world.apply(allow_unsafe=True)
    assert world.plan() == []

    # Its file is gone.
    shutil.rmtree(world.districts / "plan-one")
    (leaving, *rest) = world.plan()
    assert (leaving.action, leaving.kind, leaving.name) == ("remove", "district", "plan-one")
    assert "no record of it stands" in leaving.words
    own = {name for name in world.topics() if ".plan-one." in f".{name}"}
    assert {one.name for one in rest} == own | {"plan-one"}, "its topics and its account"
    with pytest.raises(Unsafe):
        world.apply()
    assert "district plan-one has left" in world.apply(allow_unsafe=True)
    assert list(districts.load_all(world.settings.districts)) == ["plan-two"]
    assert {topics.owner(name) for name in world.topics()} == {"plan-two"}
    assert list(agreements.load_all(world.settings.agreements)) == ["plan"]
    assert world.plan() == []


def test_a_district_that_leaves_takes_back_what_nobody_may_keep(
    fresh_stack: Callable[..., Stack], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stack = fresh_stack(workers=("gate", "loader"))
    world = World(stack.start(), tmp_path)
    world.settings = stack.settings
    world.apply()
    monkeypatch.setenv("CROSSBEAT_DATA_DIR", str(stack.settings.data))
    publish(world, "plan-two")
    # What goes out from now on may be kept for a year.
    world.edit("plan-two", "# expires_after_days = 365", "expires_after_days = 365")
    sample = world.districts / "plan-two" / "incidents.csv"
    sample.write_text(re.sub(r"^\d+-", "later-", sample.read_text(), flags=re.MULTILINE))
    publish(world, "plan-two")
    with connect(stack.settings) as client:
        await_rows(client, 2 * scaffold.ROWS)
        shutil.rmtree(world.districts / "plan-two")
        assert "6 of its records are retracted, 6 kept until their release ends" in world.plan()[0].words
        told = world.apply(allow_unsafe=True)
        assert "retracted 6 records of district plan-two; 6 stay until their release ends" in told
        await_rows(client, scaffold.ROWS)
        left = client.query("SELECT DISTINCT startsWith(record_id, 'plan-two:later-') FROM incidents FINAL").result_rows
    assert left == [(True,)]
    assert list(districts.load_all(world.settings.districts)) == ["plan-one"]
    assert world.plan() == []


def publish(world: World, name: str) -> None:
    home = world.districts / name
    sent = CliRunner().invoke(app, ["backfill", str(home / "incidents.csv"), "--mapping", str(home / "incidents.toml")])
    assert sent.exit_code == 0, sent.output


def await_rows(client: Client, count: int) -> None:
    until = time.monotonic() + 60
    while (found := client.query("SELECT count() FROM incidents FINAL").result_rows[0][0]) != count:
        assert time.monotonic() < until, f"{found} of {count}"
        time.sleep(0.2)
