"""A record's trace: what landed of it, of what was derived from it, and of who had it."""

from __future__ import annotations

import random
import uuid

import pytest
from typer.testing import CliRunner

from bench.loader import incident
from connectors.trace.ask import latest_revision, trace
from infra.cli import app
from schemas import contracts, samples
from streams.settings import Settings
from tests.flow.land import land

pytestmark = pytest.mark.server
DAY_MS = 86_400_000


def test_a_trace_tells_the_whole_way_of_a_record(stack: Settings) -> None:
    mark = f"trace-{uuid.uuid4().hex[:8]}"
    mine, other = f"{mark}:1", f"{mark}-x:2"
    at = 1_709_850_000_000
    shared = incident(random.Random(3), 1) | {"record_id": mine, "visible_to": ["east", "south"], "gated_at": at}
    stub = shared | {"revision": 2, "retracted": True, "gated_at": at + 60_000}
    land(stack, "incident", "shared", [shared])
    assert latest_revision(stack, "incident", mine) == 1
    link = samples.example(contracts.get("link"), "result") | {
        "link_id": f"{mine}~{other}", "a_record_id": mine, "b_record_id": other,
        "retracted": False, "prior_visible_to": [],
    }  # fmt: skip
    land(stack, "link", "result", [link])
    alert = samples.example(contracts.get("alert"), "result") | {
        "identifier": f"a:{mark}:1",
        "incidents": [mine, other],
    }
    cancel = alert | {
        "identifier": f"a:{mark}:2",
        "msg_type": "Cancel",
        "references": [alert["identifier"]],
        "incidents": ["x"],
    }
    land(stack, "alert", "result", [alert, cancel])
    series = samples.example(contracts.get("series"), "result") | {
        "series_id": f"s:{mark}",
        "members": [mine, other, "x"],
        "visible_to": ["south"],
    }
    ended = series | {"revision": 3, "updated_at": at + 120_000, "retracted": True, "replaced_by": f"s:{mark}+"}
    land(stack, "series", "result", [series])
    receipt = {
        "receipt_id": f"alert|{alert['identifier']}|1", "record_type": "alert",
        "record_id": alert["identifier"], "version": 1,
        "recipients": ["south"], "withdrawn_from": ["east"], "delivered_at": at + 1,
    }  # fmt: skip
    land(stack, "receipt", "result", [receipt])
    before = trace(stack, mine)
    assert ("shared", mine, ("east", "south")) in {(event.what, event.name, event.who) for event in before}
    assert {event.detail for event in before if event.name == f"s:{mark}"} == {"revision 2"}

    # A merge may fold what stands so far into what follows, at any moment from here on.
    land(stack, "incident", "shared", [stub])
    land(stack, "series", "result", [ended])
    events = trace(stack, mine)
    found = {(event.what, event.name, event.who) for event in events}
    assert ("retracted", mine, ("east", "south")) in found
    assert ("delivered", alert["identifier"], ("south",)) in found
    assert ("withdrawn", alert["identifier"], ("east",)) in found
    assert {event.name for event in events if event.what == "alert"} == {alert["identifier"], cancel["identifier"]}
    assert any(event.what == "linked" and event.name == link["link_id"] for event in events)
    told = {event.what: event.detail for event in events if event.name == f"s:{mark}"}
    whole = {"in series": "revision 2", "series ended": f"revision 3, now part of s:{mark}+"}
    assert {"in series": "revision 2"} | told == whole
    assert [event.at for event in events] == sorted(event.at for event in events)
    assert latest_revision(stack, "incident", mine) is None


def test_an_id_that_nobody_knows_or_that_is_hostile_gives_nothing(
    stack: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert trace(stack, "x' OR 1=1 --") == []
    monkeypatch.setenv("CROSSBEAT_DATA_DIR", str(stack.data))
    answer = CliRunner().invoke(app, ["trace", "nowhere:1"])
    assert answer.exit_code == 1
    assert "nothing has landed of nowhere:1" in answer.output
