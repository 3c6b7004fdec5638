"""Which intakes a stack serves: of districts that take part, can log in, and have something to serve."""

from __future__ import annotations

from pathlib import Path

import pytest

from connectors.intake import sites
from connectors.intake.kafka import Message
from connectors.intake.spool import Spool
from infra.local import credentials, doctor, status
from infra.local.intakes import Found, Intake, Intakes
from infra.local.service import Place
from infra.local.stack import Stack
from infra.local.workers import ON_CAUSE, WORKERS
from streams import districts
from streams.metrics import Meter
from streams.settings import Configured

LOGIN = {credentials.USER: "north", credentials.PASSWORD: "of-north"}


@pytest.fixture
def settings(tmp_path: Path) -> Configured:
    """A broker that asks for a login, and a district that takes part and has one."""
    found = Configured(data_dir=tmp_path, kafka={"bootstrap": "nowhere:1", "security_protocol": "SASL_PLAINTEXT"})
    districts.join(found.districts, "north", "North", None)
    credentials.put(tmp_path, "north", LOGIN)
    return found


def keys(settings: Configured, district: str) -> Path:
    return settings.data / "intake" / district / "keys.toml"


def words(settings: Configured) -> list[tuple[str, bool]]:
    return [(one.name, one.well) for one in doctor._intakes(settings)]


def test_a_district_is_served_from_its_first_key_to_its_last(settings: Configured) -> None:
    intakes = Intakes(settings)
    assert intakes.look() == Found((), {})
    assert words(settings) == [("intake", True)]
    sites.add(keys(settings, "north"), "kiosk-1")
    assert intakes.look() == Found(("north",), {})
    assert words(settings) == []
    sites.remove(keys(settings, "north"), "kiosk-1")
    assert intakes.look() == Found((), {})


def test_what_is_kept_on_disk_is_sent_though_the_last_key_is_revoked(settings: Configured) -> None:
    sites.add(keys(settings, "north"), "kiosk-1")
    spool = Spool(keys(settings, "north").parent / "spool", 10**6)
    spool.append([Message("north.online_report.v1", b"key", b"value")])
    sites.remove(keys(settings, "north"), "kiosk-1")
    intakes = Intakes(settings)
    assert intakes.look().served == ("north",)
    assert spool.next(10)
    spool.published()
    assert intakes.look().served == ()
    spool.close()


def test_a_damaged_file_of_keys_is_not_passed_over_in_silence(settings: Configured) -> None:
    sites.add(keys(settings, "north"), "kiosk-1")
    keys(settings, "north").chmod(0o644)
    assert Intakes(settings).look().served == ("north",)


def test_who_takes_no_part_or_cannot_log_in_is_held_back_and_doctor_says_so(settings: Configured) -> None:
    for name in ("north", "south"):
        sites.add(keys(settings, name), "kiosk-1")
    credentials.file_of(settings.data, "north").unlink()
    found = Intakes(settings).look()
    assert found.served == ()
    assert "rotate north" in found.held["north"]
    assert "crossbeat apply" in found.held["south"]
    assert words(settings) == [("intake north", False), ("intake south", False)]
    # A broker whose accounts are not ours is logged in to as the settings say.
    settings.kafka.manage_accounts = False
    assert Intakes(settings).look().served == ("north",)


def test_a_setting_that_names_no_district_is_told_and_ends_nothing(settings: Configured) -> None:
    settings.intake.district = "No/District"
    settings.intake.folder = str(keys(settings, "north").parent)
    sites.add(keys(settings, "north"), "kiosk-1")
    found = Intakes(settings).look()
    assert found.served == ("north",)
    assert list(found.held) == ["No/District"]


def test_it_can_be_switched_off(settings: Configured) -> None:
    sites.add(keys(settings, "north"), "kiosk-1")
    settings.intake.run = False
    assert Intakes(settings).look() == Found((), {})


def test_an_intake_is_its_district_to_kafka_and_keeps_its_port(settings: Configured, tmp_path: Path) -> None:
    place = Place(tmp_path, tmp_path, {})
    first = Intake(settings, place, "north")
    told = first.environment()
    assert (told["CROSSBEAT_KAFKA__USERNAME"], told["CROSSBEAT_KAFKA__PASSWORD"]) == ("north", "of-north")
    assert told["CROSSBEAT_INTAKE__DISTRICT"] == "north"
    assert first.address == f"http://127.0.0.1:{told['CROSSBEAT_INTAKE__PORT']}"
    assert Intake(settings, place, "north").address == first.address
    assert not first.outdated()
    credentials.put(tmp_path, "north", LOGIN | {credentials.PASSWORD: "another"})
    assert first.outdated()
    assert first.environment()["CROSSBEAT_KAFKA__PASSWORD"] == "another"
    assert not first.outdated()


def test_the_port_that_is_set_is_that_of_the_districts_that_is_named(settings: Configured, tmp_path: Path) -> None:
    settings.intake.district, settings.intake.port, settings.intake.folder = "north", 18_600, "elsewhere"
    place = Place(tmp_path, tmp_path, {})
    own, other = Intake(settings, place, "north"), Intake(settings, place, "south")
    assert own.address.endswith(":18600")
    assert own.environment()["CROSSBEAT_INTAKE__FOLDER"] == "elsewhere"
    assert not other.address.endswith(":18600")
    assert other.environment()["CROSSBEAT_INTAKE__FOLDER"] == ""


def test_without_cause_nothing_is_started(settings: Configured) -> None:
    assert set(WORKERS) >= ON_CAUSE
    stack = Stack(settings, (), tuple(sorted(ON_CAUSE)))
    assert stack.workers == []
    stack.stop()


def test_status_shows_what_intakes_count(settings: Configured) -> None:
    meter = Meter("intake-north", settings.data)
    meter.set(online_report=3)
    meter.flush()
    assert status.counters(settings.data)["intake-north"]["online_report"] == 3
