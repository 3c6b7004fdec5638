"""The judge does for each record type what its contract has, and nothing by name."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from gate_parts import DECODERS, KINDS, NOW, NOW_S, REGISTRY, good, judge, message

from schemas import samples
from schemas.check import Checker
from schemas.samples import Sample
from streams.codec import Defect
from streams.districts import NAME, District
from streams.flat import FlatEncoder
from streams.gate.judge import Judge
from streams.gate.kinds import DISTRICT, SHARED
from streams.gate.memory import NoMemory, Seen, Standing
from streams.gate.messages import Message
from streams.gate.options import Gate
from streams.gate.rejections import to_record

WITHHELD = {"camera_event", "lookout"}


def encoded(sample: Sample) -> bool:
    """Whether a district could have sent it: it is its own stage's, and Avro carries its fields and types."""
    if sample.stage != DISTRICT or set(sample.record) != {field.name for field in sample.contract.fields(DISTRICT)}:
        return False
    try:
        sent = message(sample.contract.name, sample.record)
    except (TypeError, ValueError, OverflowError):
        return False
    carried = DECODERS[sample.contract.name](sent.raw)
    if isinstance(carried, Defect) or [*map(type, carried.values())] != [type(sample.record[name]) for name in carried]:
        return False
    return NAME.fullmatch(sample.record["district"]) is not None


class Taken(NoMemory):
    """A memory in which whatever is asked for by its name as a target is there."""

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        standing = Standing("incident", "north", False, ("north", "south"), "burglary", "burglary")
        return [Seen(1, standing, NOW, 43.6, -79.4) if at else None for at in range(len(record_ids))]


ENCODED = [sample for sample in samples.all() if encoded(sample)]


def named(sample: Sample) -> str:
    return f"{sample.contract.name}-{sample.case}"


@pytest.mark.parametrize("record_type", sorted(set(KINDS) - {"retraction"}))
def test_each_type_goes_through_complete(record_type: str) -> None:
    verdict = judge(message(record_type, good(record_type), 7))
    assert verdict.rejected == []
    (accepted,) = verdict.accepted
    record, contract = accepted.record, KINDS[record_type].contract
    assert record["visible_to"] == ("north", "south")
    assert (record["gated_at"], record["source_topic"], record["source_offset"]) == (NOW, f"north.{record_type}.v1", 0)
    assert ("h3_9" in record) == any(field.name == "h3_9" for field in contract.fields(SHARED))
    assert ("category" in record) == (record_type == "incident")
    as_read = {name: list(value) if isinstance(value, tuple) else value for name, value in record.items()}
    assert Checker(contract, SHARED, clock=lambda: NOW).check(as_read) == []
    FlatEncoder(REGISTRY, contract, SHARED)(record)


@pytest.mark.parametrize("sample", ENCODED, ids=named)
def test_samples_pass_and_fail_here_as_they_say(sample: Sample) -> None:
    record_type, body = sample.contract.name, sample.record
    known = {body["district"], *(name.removeprefix("group:") for name in body.get("release_to", ()))} - {"all"}
    districts = {
        name: District(name, name, number, None, groups=tuple(known)) for number, name in enumerate(sorted(known))
    }
    verdict = Judge(Gate(), DECODERS, Taken(), districts, lambda: NOW_S)(
        [message(record_type, body, district=body["district"])]
    )
    if sample.faults:
        assert f"{verdict.rejected[0].reason}:{verdict.rejected[0].field}" in sample.faults
    else:
        assert verdict.rejected == []


def test_a_report_without_a_place_has_no_keys_of_one() -> None:
    body = good("online_report") | dict.fromkeys(("lat", "lon", "location_precision_m"))
    (accepted,) = judge(message("online_report", body)).accepted
    keys = {name: accepted.record[name] for name in ("h3_9", "near_cells", "near_districts", "place_district")}
    assert keys == {"h3_9": None, "near_cells": (), "near_districts": (), "place_district": None}


def test_types_are_judged_side_by_side_and_one_fault_stops_none() -> None:
    bodies = [(name, good(name)) for name in sorted(KINDS) if name != "retraction"]
    far = good("patrol", record_id="north:far", lat=10.0)
    batch = [message(name, body, index) for index, (name, body) in enumerate([*bodies, ("patrol", far)])]
    verdict = judge(*batch)
    assert [one.record["record_id"] for one in verdict.accepted] == [body["record_id"] for _, body in bodies]
    assert [(one.reason, one.field, one.record_id) for one in verdict.rejected] == [("bad_place", "lat", "north:far")]


@pytest.mark.parametrize(
    ("record_type", "field"),
    [
        ("incident", "occurred_from"),
        ("inspection", "occurred_from"),
        ("duty", "duty_from"),
        ("lookout", "authorised_at"),
        ("acknowledgement", "answered_at"),
        ("retraction", "recorded_at"),
        ("proposal", "recorded_at"),
    ],
)
def test_when_it_was_is_read_off_the_contract(record_type: str, field: str) -> None:
    assert KINDS[record_type].event_time == field


def test_free_text_of_each_type_is_scrubbed() -> None:
    for name, field in (("acknowledgement", "note"), ("online_report", "text"), ("proposal", "note")):
        (accepted,) = judge(message(name, good(name, **{field: "call 416-555-0199"}))).accepted
        assert accepted.record[field] == "call [phone]"


def test_what_may_hold_a_token_or_a_plate_is_not_kept_when_it_is_refused() -> None:
    assert {name for name, kind in KINDS.items() if kind.withheld} == WITHHELD
    plate = good("camera_event", kind="vehicle_read", vehicle_token="ABC 123")
    whole = message("camera_event", plate)
    broken = Message("north", "camera_event", whole.topic, 0, 1, whole.key, (whole.raw or b"")[:-3])
    verdict = judge(whole, broken)
    assert [one.reason for one in verdict.rejected] == ["bad_value", "undecodable"]
    for one in verdict.rejected:
        told = to_record(one, NOW, withheld=KINDS[one.message.record_type].withheld)
        assert (told["raw"], told["raw_size"]) == (b"", len(one.message.raw or b""))
        assert len(told["raw_sha256"]) == 64
        assert "ABC" not in str(told)


def test_a_district_reads_back_the_bytes_of_other_types() -> None:
    (refused,) = judge(message("patrol", good("patrol", lat=10.0))).rejected
    told = to_record(refused, NOW, withheld=KINDS["patrol"].withheld)
    assert told["raw"] == refused.message.raw
