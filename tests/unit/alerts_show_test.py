"""An alert at the terminal: nothing in it steers the terminal, and all that matters is there."""

import io
import json
from datetime import UTC, datetime

import pytest
from rich.console import Console

from connectors.alerts.alert import Alert
from connectors.alerts.dead import Place, rejection
from connectors.alerts.show import clean, panel
from schemas import contracts
from streams.codec import Defect

NOW = 1_700_000_000_000


def alert(**changes):
    record = {
        field.name: [] if field.array else {"timestamp": NOW, "double": 1.5}.get(field.kind, field.name)
        for field in contracts.get("alert").fields("result")
    }
    return Alert.of(
        record | {"severity": "Severe", "incidents": ["east:1", "north:2"], "districts": ["east", "north"]} | changes
    )


def printed(one, **options):
    out = io.StringIO()
    Console(file=out, width=110, force_terminal=True, **options).print(panel(one, datetime(2023, 1, 1, tzinfo=UTC)))
    return out.getvalue()


@pytest.mark.parametrize(
    "hostile", ["\x1b]0;owned\x07", "\x1b[2J", "\x9b31m", "a\rb", "\u202egnp.exe", "\u2066x", "\ud800", "\u2028"]
)
def test_hostile_text_is_disarmed(hostile):
    text = clean(hostile)
    assert not any(ord(c) < 32 or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\u2028\ud800" for c in text)
    shown = printed(
        alert(headline=hostile, description=hostile, incidents=[hostile], severity=hostile), color_system=None
    )
    assert not any((ord(c) < 32 and c != "\n") or 0x7F <= ord(c) < 0xA0 or c in "\u202e\u2066\ud800" for c in shown)


def test_brackets_are_brackets():
    assert "[bold]x[/bold] [/]" in printed(alert(headline="[bold]x[/bold] [/]"), color_system=None)


def test_a_panel_holds_what_matters():
    shown = printed(alert(headline="three", lat=43.65, lon=-79.38, radius_m=120.0, score=50.0), color_system=None)
    for part in (
        "three",
        "Severe",
        "east ⟷ north",
        "geo:43.65000,-79.38000;u=120",
        "50 of 100",
        "east:1",
        "14 Nov 2023",
    ):
        assert part in shown
    assert "over" not in shown


def test_an_alert_of_the_past_says_so():
    assert "over: a replay of the past" in printed(alert(expires=0), color_system=None)


def test_json_has_the_fields_of_the_contract():
    values = json.loads(alert().json())
    assert list(values) == [field.name for field in contracts.get("alert").fields("result")]
    assert values["sent"] == "2023-11-14T22:13:20.000+00:00"


def test_a_rejection_keeps_the_bytes_and_fits_its_contract():
    raw = b"\x00\xff\xff\xff\xff" + b"x" * 70_000
    record = rejection(Place("alert.v1", 0, 7), raw, Defect("unknown_schema", "no such schema", 2**32 - 1))
    assert set(record) == {field.name for field in contracts.get("rejection").fields("dead")}
    assert (record["rejection_id"], record["schema_id"]) == ("alert.v1:0:7", None)
    assert (len(record["raw"]), record["raw_size"]) == (65_536, len(raw))
