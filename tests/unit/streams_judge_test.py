"""The judge: what goes through, with what attached, and why the rest does not."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import box

from bench import gate_world
from schemas import contracts
from streams.codec import Decoder, Defect, Encoder, Record
from streams.districts import District
from streams.flat import FlatEncoder
from streams.gate.judge import Judge
from streams.gate.memory import NoMemory, Seen, Standing
from streams.gate.messages import Message, Rejected, Verdict
from streams.gate.options import Gate
from streams.gate.rejections import to_record
from streams.registry import MemoryRegistry

NOW_S = 1_700_000_000.0
NOW = int(NOW_S * 1000)
CONTRACT = contracts.get("incident")
REGISTRY = MemoryRegistry()
ENCODE = Encoder(REGISTRY, CONTRACT.subject("district"), CONTRACT.avro("district"))
DISTRICTS = {
    "north": District("north", "North", 0, box(-79.45, 43.65, -79.35, 43.70)),
    "south": District("south", "South", 1, box(-79.45, 43.60, -79.35, 43.65)),
    "harbour": District("harbour", "Harbour", 2, None),
}


class Remembered(NoMemory):
    """A memory of one record."""

    def __init__(self, record_id: str, seen: Seen) -> None:
        self.seen = {record_id: seen}

    def lookup(self, record_ids: Any) -> list[Seen | None]:
        return [self.seen.get(record_id) for record_id in record_ids]


def record(**changes: Any) -> Record:
    """A good record of north, just south of whose point the border lies."""
    good = next(gate_world.records(["north"], 1))
    return good | {"record_id": "north:1", "lat": 43.652, "lon": -79.40, "release_to": ["south"]} | changes


def message(body: Record | bytes | None, offset: int = 0, district: str = "north", key: Any = ...) -> Message:
    raw = ENCODE(body) if isinstance(body, dict) else body
    own_key = str(body["record_id"]).encode() if isinstance(body, dict) else b"north:1"
    return Message(district, "incident", f"{district}.incident.v1", 0, offset, own_key if key is ... else key, raw)


def seen(revision: int) -> Seen:
    standing = Standing("incident", "north", False, ("north", "south"), "burglary", "burglary")
    return Seen(revision, standing, NOW, 43.652, -79.40)


def judge(*messages: Message, memory: Any = None, options: Gate | None = None, districts: Any = None) -> Verdict:
    decode = Decoder(REGISTRY, CONTRACT.avro("district"))
    known = DISTRICTS if districts is None else districts
    return Judge(options or Gate(), {"incident": decode}, memory or NoMemory(), known, lambda: NOW_S)(messages)


def reasons(*messages: Message, **how: Any) -> list[tuple[str, str | None]]:
    verdict = judge(*messages, **how)
    assert len(verdict.accepted) + len(verdict.rejected) == len(messages)
    return [(one.reason, one.field) for one in verdict.rejected]


def test_a_good_record_goes_through_with_the_gates_fields() -> None:
    verdict = judge(message(record(), 7))
    assert verdict.rejected == []
    found = verdict.accepted[0].record
    assert found["category"] in {"burglary", "robbery", "motor_vehicle_theft", "assault"}
    assert found["h3_9"] in found["near_cells"]
    assert found["near_districts"] == ("south",)
    assert found["place_district"] == "north"
    assert found["visible_to"] == ("north", "south")
    assert (found["gated_at"], found["source_topic"]) == (NOW, "north.incident.v1")
    assert (found["source_partition"], found["source_offset"]) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "reason", "field"),
    [
        ({"offence": "witchcraft"}, "bad_value", "offence"),
        ({"grading_information": "F"}, "bad_value", "grading_information"),
        ({"revision": 0}, "bad_value", "revision"),
        ({"record_id": ""}, "bad_value", "record_id"),
        ({"record_id": "north:" + "x" * 200}, "too_large", "record_id"),
        ({"lat": math.nan}, "bad_place", "lat"),
        ({"lon": math.inf}, "bad_place", "lon"),
        ({"lat": 91.0}, "bad_place", "lat"),
        ({"lat": -43.652}, "bad_place", "lat"),
        ({"lat": 0.0, "lon": 0.0}, "bad_place", "lat"),
        ({"occurred_from": 4_070_908_800_000, "occurred_to": 4_070_908_800_000}, "bad_time", "occurred_from"),
        ({"recorded_at": NOW + 301_000}, "bad_time", "recorded_at"),
        ({"occurred_from": 1_500_000_000_001, "occurred_to": 1_500_000_000_000}, "bad_time", "occurred_from"),
        ({"description": "a" * 4_001}, "too_large", "description"),
        ({"description": "a" * 1_048_576}, "too_large", None),
        ({"district": "south"}, "wrong_district", "district"),
        ({"release_to": ["nowhere"]}, "bad_value", "release_to"),
        ({"release_to": ["group:river"]}, "bad_value", "release_to"),
        ({"release_to": ["all", "nowhere"]}, "bad_value", "release_to"),
    ],
)
def test_each_fault_has_its_reason(changes: Record, reason: str, field: str | None) -> None:
    assert reasons(message(record(**changes))) == [(reason, field)]


def test_a_clock_may_run_ahead_a_little() -> None:
    assert reasons(message(record(recorded_at=NOW + 299_000))) == []


def test_bytes_that_are_no_record_are_rejected() -> None:
    good = ENCODE(record())
    batch = [None, b"", b"garbage", b"\x00\x00\x00\x7f\xff" + good[5:], good[:20]]
    assert [reason for reason, _ in reasons(*map(message, batch))] == [
        "bad_frame",
        "bad_frame",
        "bad_frame",
        "unknown_schema",
        "undecodable",
    ]


@pytest.mark.parametrize("key", [None, b"", b"north:2", "north:1 ".encode("utf-16")])
def test_the_key_must_be_the_record_id(key: bytes | None) -> None:
    assert reasons(message(record(), key=key)) == [("bad_value", "record_id")]


def test_a_release_is_worked_out_to_names() -> None:
    cases = {
        (): ("north",),
        ("all",): ("harbour", "north", "south"),
        ("harbour", "north"): ("harbour", "north"),
    }
    for release_to, visible_to in cases.items():
        verdict = judge(message(record(release_to=list(release_to))))
        assert verdict.accepted[0].record["visible_to"] == visible_to
    expired = judge(message(record(release_to=["all"], release_expires_at=NOW)))
    assert expired.accepted[0].record["visible_to"] == ("north",)


def test_only_a_higher_revision_goes_through() -> None:
    batch = [message(record(revision=revision), offset) for offset, revision in enumerate((2, 2, 1, 3))]
    verdict = judge(*batch)
    assert [one.record["revision"] for one in verdict.accepted] == [2, 3]
    assert [one.reason for one in verdict.rejected] == ["duplicate", "stale_revision"]
    memory = Remembered("north:1", seen(3))
    assert [reason for reason, _ in reasons(*batch, memory=memory)] == [
        "stale_revision",
        "stale_revision",
        "stale_revision",
        "duplicate",
    ]
    assert reasons(message(record(revision=4)), memory=memory) == []


def test_a_rejected_revision_is_not_seen() -> None:
    verdict = judge(message(record(lat=0.0)), message(record(), 1))
    assert [one.message.offset for one in verdict.accepted] == [1]


@pytest.mark.parametrize("record_id", ["south:1", "1", "northern:1", "north-1", "north"])
def test_an_id_begins_with_its_owners_name_so_that_nobody_overwrites_anothers(record_id: str) -> None:
    assert reasons(message(record(record_id=record_id))) == [("bad_value", "record_id")]


def test_no_two_records_of_different_types_have_one_id() -> None:
    memory = Remembered("north:1", Seen(1, Standing("patrol", "north", False, ("north",)), NOW))
    assert reasons(message(record(revision=2)), memory=memory) == [("bad_value", "record_id")]


def test_a_revision_brings_what_is_needed_to_undo_the_one_before() -> None:
    first = record(release_to=["all"], offence="burglary")
    second = first | {"revision": 2, "release_to": ["south"], "lat": 43.6, "offence": "robbery", "occurred_from": 1}
    verdict = judge(message(first), message(second, 1))
    before, after = (one.record for one in verdict.accepted)
    prior = {name: value for name, value in before.items() if name.startswith("prior_")}
    assert set(prior.values()) == {None, ()}
    assert {name: after[name] for name in prior} == {
        "prior_revision": 1,
        "prior_visible_to": ("harbour", "north", "south"),
        "prior_occurred_from": first["occurred_from"],
        "prior_lat": first["lat"],
        "prior_lon": first["lon"],
        "prior_category": "burglary",
        "prior_offence": "burglary",
    }
    assert after["visible_to"] == ("north", "south")
    assert [
        one.record for one in judge(message(second, 1), memory=Remembered("north:1", verdict.accepted[0].seen)).accepted
    ] == [after]


def test_where_no_area_is_known_no_place_is_too_far() -> None:
    districts = {"north": District("north", "North", 0, None)}
    assert reasons(message(record(lat=0.0, release_to=["all"])), districts=districts) == []


def test_free_text_is_scrubbed() -> None:
    changes = {"description": "call 416-555-0199", "release_conditions": "ask jo@example.org"}
    accepted = judge(message(record(**changes))).accepted[0]
    assert (accepted.record["description"], accepted.record["release_conditions"]) == ("call [phone]", "ask [mail]")


def test_a_rejection_keeps_what_is_needed_to_mend_it() -> None:
    raw = b"\x00\xff\xff\xff\xff" + b"x" * 100_000
    found = to_record(judge(message(raw, 5)).rejected[0], NOW, withheld=False)
    assert (found["rejection_id"], found["raw"], found["raw_size"]) == ("north.incident.v1:0:5", raw[:65_536], 100_005)
    assert found["schema_id"] is None
    contract = contracts.get("rejection")
    Encoder(REGISTRY, "rejection.v1-value", contract.avro("result"))(found)


def test_numbers_that_others_would_refuse_are_written_anew() -> None:
    raw = ENCODE(record())
    revision_at = 5 + 1 + len("north:1") + 1 + len("north")
    assert raw[revision_at : revision_at + 1] == b"\x02"
    padded = raw[:revision_at] + b"\x82" + b"\x80" * 12 + b"\x00" + raw[revision_at + 1 :]
    accepted = judge(message(padded, key=b"north:1")).accepted
    shared = FlatEncoder(REGISTRY, CONTRACT, "shared")
    assert [shared(one.record) for one in accepted] == [shared(one.record) for one in judge(message(record())).accepted]


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20) | st.binary(max_size=20),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=6,
)
FIELDS = [field.name for field in CONTRACT.fields("district")]


@given(st.lists(st.binary(max_size=80) | st.dictionaries(st.sampled_from([*FIELDS, "more"]), VALUES), max_size=5))
@settings(deadline=None)
def test_nothing_makes_it_raise_and_everything_lands_in_one_place(bodies: list[bytes | Record]) -> None:
    def decode(raw: bytes | None) -> Record | Defect:
        body = bodies[int.from_bytes(raw or b"", "big")]
        return record() | body if isinstance(body, dict) else Defect("undecodable", "no record")

    batch = [message(index.to_bytes(4, "big"), index) for index in range(len(bodies))]
    verdict = Judge(Gate(), {"incident": decode}, NoMemory(), DISTRICTS, lambda: NOW_S)(batch)
    places = [one.message.offset for one in verdict.accepted] + [one.message.offset for one in verdict.rejected]
    assert sorted(places) == list(range(len(bodies)))
    for accepted in verdict.accepted:
        assert "north" in accepted.record["visible_to"]
        assert set(accepted.record["visible_to"]) <= set(DISTRICTS)


@given(st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=4)), max_size=10))
@settings(deadline=None)
def test_broken_bytes_never_make_it_raise(cuts: list[tuple[int, bytes]]) -> None:
    raw = ENCODE(record(description="rear door"))
    batch = [message(raw[:at] + patch + raw[at + len(patch) :], offset) for offset, (at, patch) in enumerate(cuts)]
    verdict = judge(*batch)
    assert len(verdict.accepted) + len(verdict.rejected) == len(batch)
    for one in verdict.rejected:
        assert isinstance(one, Rejected)
        to_record(one, NOW, withheld=False)
