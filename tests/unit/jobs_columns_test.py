"""A topic read as columns: what is no record of it is left out, whatever it is, and all else is there."""

from __future__ import annotations

import pytest
from structlog.testing import capture_logs

from jobs.columns import UnreadableTopic, _Decoder, _Raw
from schemas import contracts
from streams.codec import Encoder
from tests.flow.join_world import incident
from tests.unit.gate_parts import REGISTRY

INCIDENT = contracts.get("incident")
TOPIC = INCIDENT.topic("shared").name
SCHEMA = INCIDENT.avro("shared")


@pytest.fixture
def good() -> list[bytes]:
    encode = Encoder(REGISTRY, INCIDENT.subject("shared"), SCHEMA)
    return [encode(incident(f"north:{number}", "north", 1_420_070_400_000 + number, 1.5, 2.5)) for number in range(4)]


def read(values: list[bytes]) -> tuple[list[str], list[str]]:
    """The record ids, and where stands what was set aside."""
    decode = _Decoder(REGISTRY, TOPIC, SCHEMA, ["record_id", "lat"])
    with capture_logs() as said:
        frames = list(decode([_Raw(3, offset, b"key", value) for offset, value in enumerate(values)]))
    return sorted(name for frame in frames for name in frame["record_id"]), [one["at"] for one in said]


def test_what_is_no_record_is_left_out_and_told_by_its_place(good: list[bytes]) -> None:
    first, second, third, fourth = good
    values = [first, b"garbage", second, b"\0\0\0\x7f\0" + first[5:], first[:40], third, second + b"more", b"", fourth]
    ids, aside = read(values)
    assert ids == [f"north:{number}" for number in range(4)]
    assert sorted(aside) == [f"{TOPIC}:3:{offset}" for offset in (1, 3, 4, 6, 7)]


def test_nothing_of_a_message_is_told(good: list[bytes]) -> None:
    decode = _Decoder(REGISTRY, TOPIC, SCHEMA, ["record_id"])
    with capture_logs() as said:
        assert list(decode([_Raw(0, 0, None, b"secret"), _Raw(0, 1, None, good[0][:-9])])) == []
    assert len(said) == 2
    assert not any(word in str(said) for word in ("secret", "north"))


def test_records_that_cannot_be_read_though_each_is_well_are_no_ones_fault(
    good: list[bytes], monkeypatch: pytest.MonkeyPatch
) -> None:
    decode = _Decoder(REGISTRY, TOPIC, SCHEMA, ["record_id"])
    decode.nothing()
    monkeypatch.setattr("jobs.columns._avro_file", lambda *_: b"Obj")
    with pytest.raises(UnreadableTopic, match="3:0 to 3:3"):
        list(decode([_Raw(3, offset, None, value) for offset, value in enumerate(good)]))
