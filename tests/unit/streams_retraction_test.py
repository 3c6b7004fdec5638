"""Retraction at the gate: what is taken back leaves a stub, higher than all before it and lower than what mends it."""

from __future__ import annotations

from typing import Any

import pytest
from gate_parts import KINDS, NOW, REGISTRY, Remembered, good, judge, message

from schemas.check import Checker
from streams.codec import Decoder, Record
from streams.flat import FlatEncoder
from streams.gate.kinds import SHARED
from streams.gate.messages import Message, Verdict

TARGETS = sorted(set(KINDS) - {"retraction"})


def taking_back(record_type: str = "incident", revision: int = 1, **changes: Any) -> Message:
    """North takes back its record of that type."""
    body = good("retraction") | {
        "record_id": f"north:retraction-{record_type}-{revision}",
        "recorded_at": NOW - 1,
        "target_record_type": record_type,
        "target_record_id": f"north:{record_type}-1",
        "target_revision": revision,
    }
    return message("retraction", body | changes, 9)


def reasons(verdict: Verdict) -> list[tuple[str, str | None]]:
    return [(one.reason, one.field) for one in verdict.rejected]


def as_read(record_type: str, record: Record) -> Record:
    """A shared record after Avro."""
    contract = KINDS[record_type].contract
    found = Decoder(REGISTRY, contract.avro(SHARED))(FlatEncoder(REGISTRY, contract, SHARED)(record))
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize("record_type", TARGETS)
def test_a_record_of_each_type_leaves_a_stub_that_keeps_its_contract(record_type: str) -> None:
    first = judge(message(record_type, good(record_type, revision=3)))
    shared = first.accepted[0].record
    verdict = judge(taking_back(record_type, 3), memory=Remembered(first))
    assert verdict.rejected == []
    (accepted,) = verdict.accepted
    assert accepted.stub is not None
    stub = as_read(record_type, accepted.stub.record)
    assert Checker(KINDS[record_type].contract, SHARED, clock=lambda: NOW).check(stub) == []
    assert (stub["retracted"], stub["revision"], stub["prior_revision"]) == (True, 4, 3)
    same = {"record_id", "district", "lat", "lon", "h3_9", "near_cells", "near_districts", "place_district", "category"}
    same |= {"offence", "visible_to", KINDS[record_type].event_time} - {"recorded_at"}
    before = as_read(record_type, shared)
    assert {name: stub[name] for name in same & stub.keys()} == {name: before[name] for name in same & before.keys()}
    assert (stub["source_topic"], stub["source_offset"], stub["gated_at"]) == ("north.retraction.v1", 0, NOW)
    assert stub["recorded_at"] == NOW - 1
    for field in KINDS[record_type].contract.fields(SHARED):
        if field.notes.sensitivity == "free_text":
            assert not stub[field.name] or stub[field.name] == "retracted"
        if field.name.endswith("_token"):
            assert stub[field.name] in {None, field.notes.example}
    assert accepted.stub.seen == KINDS[record_type].seen(stub)


def test_it_goes_to_all_who_had_the_record_and_tells_them_what_to_undo() -> None:
    first = judge(message("incident", good("incident", release_to=["all"])))
    (accepted,) = judge(taking_back(), memory=Remembered(first)).accepted
    everybody = ("harbour", "north", "south")
    assert accepted.record["visible_to"] == everybody
    assert accepted.stub is not None
    stub, before = accepted.stub.record, first.accepted[0].record
    assert stub["visible_to"] == stub["prior_visible_to"] == everybody
    for name in ("occurred_from", "lat", "lon", "category", "offence"):
        assert stub[f"prior_{name}"] == before[name]
    assert as_read("retraction", accepted.record)["retracted"] is False


def test_what_was_taken_back_comes_back_only_above_it() -> None:
    first = judge(message("incident", good("incident", revision=2)))
    memory = Remembered(first)
    memory.keep(judge(taking_back(revision=2), memory=memory))
    tried = [message("incident", good("incident", revision=revision), revision) for revision in (1, 2, 3, 4)]
    verdict = judge(*tried, memory=memory)
    assert [one.reason for one in verdict.rejected] == ["stale_revision", "stale_revision", "duplicate"]
    assert all("a mended record has a higher one" in one.text for one in verdict.rejected)
    (mended,) = verdict.accepted
    assert (mended.record["revision"], mended.record["prior_revision"], mended.record["retracted"]) == (4, 3, False)
    assert mended.record["prior_visible_to"] == ("north", "south")


def test_record_retraction_and_what_mends_it_may_come_in_one_batch() -> None:
    verdict = judge(
        message("incident", good("incident")), taking_back(), message("incident", good("incident", revision=3), 1)
    )
    assert verdict.rejected == []
    assert [(one.record["revision"], one.stub and one.stub.record["revision"]) for one in verdict.accepted] == [
        (1, None),
        (1, 2),
        (3, None),
    ]


def test_a_retraction_ahead_of_the_latest_takes_back_what_comes_up_to_it() -> None:
    memory = Remembered(judge(message("incident", good("incident"))))
    memory.keep(judge(taking_back(revision=5), memory=memory))
    tried = [message("incident", good("incident", revision=revision), revision) for revision in (2, 5, 6, 7)]
    verdict = judge(*tried, memory=memory)
    assert [one.reason for one in verdict.rejected] == ["stale_revision", "stale_revision", "duplicate"]
    assert verdict.accepted[0].record["revision"] == 7


def test_what_cannot_be_taken_back_is_refused_and_changes_nothing() -> None:
    memory = Remembered(
        judge(message("incident", good("incident", revision=2))),
        judge(message("patrol", good("patrol", record_id="south:patrol-1", district="south"), district="south")),
    )
    unknown = [("unknown_record", "target_record_id")]
    for wrong in (
        taking_back(target_record_id="north:none"),
        taking_back("patrol", target_record_id="north:incident-1"),
    ):
        assert reasons(judge(wrong, memory=memory)) == unknown
    assert reasons(judge(taking_back(revision=1), memory=memory)) == [("stale_revision", "target_revision")]
    assert reasons(judge(taking_back(revision=2**31 - 1), memory=memory)) == [("bad_value", "target_revision")]


def test_whether_another_has_a_record_is_not_told() -> None:
    """The answer is the same whether there is such a record or not."""
    memory = Remembered(
        judge(message("patrol", good("patrol", record_id="south:1", district="south"), district="south"))
    )
    told = [
        judge(taking_back("patrol", target_record_id=name), memory=memory).rejected[0][1:]
        for name in ("south:1", "south:2")
    ]
    assert told[0] == told[1]
    assert told[0][0] == "wrong_district"


def test_taken_back_twice_is_a_duplicate() -> None:
    memory = Remembered(judge(message("incident", good("incident"))))
    both = judge(taking_back(), taking_back(record_id="north:again"), memory=memory)
    assert (len(both.accepted), reasons(both)) == (1, [("duplicate", "target_revision")])
    memory.keep(both)
    assert reasons(judge(taking_back(), memory=memory)) == [("duplicate", "revision")]


def test_a_note_is_scrubbed_and_a_place_outside_all_areas_is_taken_back_too() -> None:
    first = judge(message("incident", good("incident")))
    seen = first.accepted[0].seen._replace(lat=10.0, lon=10.0)
    memory = Remembered()
    memory.seen["north:incident-1"] = seen
    (accepted,) = judge(taking_back(note="call 416-555-0199"), memory=memory).accepted
    assert accepted.record["note"] == "call [phone]"
    assert accepted.stub is not None
    assert (accepted.stub.record["lat"], accepted.stub.record["near_districts"]) == (10.0, ())
