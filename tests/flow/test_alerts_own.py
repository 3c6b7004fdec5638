"""A district reads its alerts as itself: what was delivered to it, each once, and nothing of anybody else."""

from __future__ import annotations

import json
import re
import threading
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import KafkaException, Producer
from typer.testing import CliRunner

from connectors.alerts import own
from connectors.delivered import NothingDelivered
from infra import provision
from infra.cli import app
from infra.local.credentials import as_district
from schemas import contracts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings
from tests.flow.test_alerts_consumer import record

pytestmark = pytest.mark.server
CONTRACT = contracts.get("alert")
Send = Callable[..., None]


@pytest.fixture
def district(stack: Settings) -> str:
    """A district that has joined, with credentials of its own."""
    name = f"own-{uuid.uuid4().hex[:6]}"
    provision.ensure_district(stack, name)
    return name


@pytest.fixture
def deliver(stack: Settings, district: str) -> Send:
    """Write to the district's topic as the router does: records, bytes, or nothing."""
    encode = Encoder(ConfluentRegistry(stack), CONTRACT.subject("delivered"), CONTRACT.avro("delivered"))
    producer = Producer(stack.kafka.client())

    def sender(*values: dict[str, Any] | bytes | None) -> None:
        for value in values:
            body = encode(value) if isinstance(value, dict) else value
            producer.produce(CONTRACT.topic("delivered", district).name, body, b"key")
        assert producer.flush(10) == 0

    return sender


def test_each_alert_once_as_the_district_and_what_is_none_is_told(
    stack: Settings, district: str, deliver: Send
) -> None:
    ours = as_district(stack, district)
    assert ours.kafka.username == district
    odd: list[str] = []

    def heard(**options: Any) -> list[str]:
        told = own(ours, district, to_end=True, unreadable=lambda place, _: odd.append(place), **options)
        return [alert.identifier for alert in told]

    assert heard() == []
    deliver(record("1"), b"garbage", record("2"), None, record("1"), record("3", sent=2**62))
    assert heard() == ["1", "2"]
    assert odd == [f"to.{district}.alert.v1:0:{offset}" for offset in (1, 5)]
    assert heard() == []
    deliver(record("2"), record("4"))
    assert heard() == ["4"]
    assert heard(everything=True) == ["1", "2", "4"]
    assert heard(group=f"{district}.pager") == ["1", "2", "4"]
    assert heard() == []


def test_an_alert_is_given_again_where_the_reader_died_over_it(stack: Settings, district: str, deliver: Send) -> None:
    deliver(record("1"), record("2"))
    alerts = own(as_district(stack, district), district, to_end=True)
    assert [next(alerts).identifier, next(alerts).identifier] == ["1", "2"]
    alerts.close()  # type: ignore[attr-defined]
    assert [one.identifier for one in own(as_district(stack, district), district, to_end=True)] == ["2"]


def test_it_follows_until_it_is_told_to_stop(stack: Settings, district: str, deliver: Send) -> None:
    stop = threading.Event()
    alerts = own(as_district(stack, district), district, stop=stop)
    deliver(record("1"))
    assert next(alerts).identifier == "1"
    deliver(record("2"))
    assert next(alerts).identifier == "2"
    stop.set()
    assert list(alerts) == []


def test_the_command_shows_what_was_delivered_and_no_other(
    stack: Settings, district: str, deliver: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CROSSBEAT_DATA_DIR", str(stack.data))
    deliver(record("mine", visible_to=[district]), b"garbage")
    encode = Encoder(ConfluentRegistry(stack), CONTRACT.subject("result"), CONTRACT.avro("result"))
    platform = Producer(stack.kafka.client())
    platform.produce(CONTRACT.topic("result").name, encode(record(f"{district}-all", visible_to=[district])), b"key")
    assert platform.flush(10) == 0

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, ["alerts", "--json", *words])

    told = run("--district", district)
    assert told.exit_code == 0, told.output
    assert [json.loads(line)["identifier"] for line in told.stdout.splitlines()] == ["mine"]
    assert f"to.{district}.alert.v1:0:1" in told.stderr
    assert run("--district", district).stdout == ""
    refused = run("--district", district, "--group", "crossbeat-alerts")
    assert (refused.exit_code, f"begin with {district}." in refused.stderr) == (1, True)
    assert run("--district", "No District").exit_code == 1
    everything = run("--all")
    assert f"{district}-all" in [json.loads(line)["identifier"] for line in everything.stdout.splitlines()]


def test_another_district_cannot(stack: Settings, district: str, deliver: Send) -> None:
    deliver(record("1"))
    other = f"{district}x"
    provision.ensure_district(stack, other)
    with pytest.raises((NothingDelivered, KafkaException)):
        list(own(as_district(stack, other), district, to_end=True))


def test_the_consumer_in_the_docs_works_as_printed(
    stack: Settings, district: str, deliver: Send, capsys: pytest.CaptureFixture[str]
) -> None:
    deliver(record("1", headline="one"), b"garbage", record("1", headline="one"), record("3", headline="three"))
    page = (Path(__file__).parents[2] / "docs" / "alerts.md").read_text()
    (code,) = re.findall(r"```python\n(.*?)```", page, re.DOTALL)
    ours = as_district(stack, district).kafka
    names = {
        "BROKER": ours.bootstrap,
        "USER": ours.username,
        "PASSWORD": ours.password.get_secret_value(),
        "REGISTRY": stack.registry.url,
        "DISTRICT": district,
    }
    exec(code.replace("poll(10)", "poll(5)"), names)
    printed = capsys.readouterr().out.splitlines()
    assert [line for line in printed if line in ("one", "three")] == ["one", "three"]
    assert any("no alert at offset" in line for line in printed)
