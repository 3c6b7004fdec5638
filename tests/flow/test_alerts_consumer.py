"""The alert consumer against a real broker: each alert once a group, garbage kept with its bytes, nothing lost."""

import threading
import time
import uuid

import pytest
from confluent_kafka import Producer

from connectors.alerts import listen
from jobs.columns import read_topic
from schemas import contracts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry

pytestmark = pytest.mark.server
NOW = 1_700_000_000_000


def record(identifier, **changes):
    return {
        "identifier": identifier,
        "sender": "crossbeat",
        "sent": NOW,
        "status": "Actual",
        "msg_type": "Alert",
        "scope": "Restricted",
        "urgency": "Expected",
        "severity": "Moderate",
        "certainty": "Possible",
        "event": "linked incidents across a border",
        "headline": "3 burglaries within 240 m and 3.1 days across the border of east and north",
        "description": "three of them",
        "references": [],
        "effective": NOW,
        "expires": NOW + 1000,
        "incidents": ["a", "b", "c"],
        "pattern": "linked_incidents",
        "category": "burglary",
        "score": 50.0,
        "districts": ["east", "north"],
        "visible_to": ["east", "north"],
        "lat": 43.6,
        "lon": -79.4,
        "radius_m": 140.0,
        "first_occurred_from": NOW - 5000,
        "last_occurred_from": NOW - 1000,
    } | changes


@pytest.fixture
def send(stack):
    contract = contracts.get("alert")
    encode = Encoder(ConfluentRegistry(stack), contract.subject("result"), contract.avro("result"))
    producer = Producer(stack.kafka.client())

    def sender(*values):
        for value in values:
            body = value if isinstance(value, bytes) else encode(value)
            producer.produce(contract.topic("result").name, body, b"key")
        assert producer.flush(10) == 0

    return sender


def test_each_alert_once_a_group_and_garbage_to_the_dead_letters(stack, send):
    mark = uuid.uuid4().hex[:8]
    group, others = f"test-{mark}", f"test-{mark}-others"
    garbage = b"\x00\x7f\xff\xff\xff" + mark.encode()

    def heard(who=group):
        return [
            a.identifier.removeprefix(f"{mark}:") for a in listen(stack, group=who, to_end=True) if mark in a.identifier
        ]

    heard()  # what other tests sent
    send(record(f"{mark}:1"), garbage, record(f"{mark}:2"), record(f"{mark}:1"))
    assert heard() == ["1", "2"]
    assert heard() == []
    send(record(f"{mark}:2"), record(f"{mark}:3"), b"no frame " + mark.encode())
    assert heard() == ["3"], "what was shown before the restart is shown again"
    assert heard(others) == ["1", "2", "3"]

    contract = contracts.get("rejection")
    columns = ["rejection_id", "topic", "offset", "reason", "raw", "raw_size"]
    dead = read_topic(stack, ConfluentRegistry(stack), "dead.alerts.v1", contract.avro("dead"), columns).records
    mine = {row["raw"]: row for row in dead.iter_rows(named=True) if mark.encode() in row["raw"]}
    assert set(mine) == {garbage, b"no frame " + mark.encode()}
    assert mine[garbage]["reason"] == "unknown_schema"
    assert mine[garbage]["rejection_id"] == f"alert.v1:0:{mine[garbage]['offset']}"
    assert mine[b"no frame " + mark.encode()]["reason"] == "bad_frame"


def test_follow_hears_at_once_and_stops_when_told(stack, send):
    mark = uuid.uuid4().hex[:8]
    stop = threading.Event()
    alerts = listen(stack, group=f"test-{mark}", everything=True, stop=stop)
    send(record(f"{mark}:1"))
    assert next(a for a in alerts if mark in a.identifier).incidents == ("a", "b", "c")
    sent_at = time.monotonic()
    send(record(f"{mark}:2"))
    assert next(alerts).identifier == f"{mark}:2"
    assert time.monotonic() - sent_at < 1.0
    stop.set()
    assert list(alerts) == []
