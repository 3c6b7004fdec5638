"""Proposals: what can be proposed, and what the owner's next revision is then."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from connectors.proposals.answer import acknowledged, revised
from connectors.proposals.propose import Correction, record
from connectors.records import NotTaken
from schemas import contracts, samples

FIELDS = [field.name for field in contracts.get("incident").fields("district")]


def incident(**changes: Any) -> dict[str, Any]:
    return samples.example(contracts.get("incident"), "district") | {"record_id": "north:1", "revision": 3} | changes


def proposal(field: str, value: str, revision: int = 3) -> dict[str, Any]:
    return record(Correction("incident", "north:1", revision, field, value, "known_better"), "south")


def test_a_proposal_goes_to_the_owner_alone_and_is_the_same_each_time() -> None:
    one, two = proposal("offence", "robbery"), proposal("offence", "robbery")
    assert one["release_to"] == ["north"]
    assert one["record_id"] == two["record_id"]
    assert one["record_id"].startswith("south:proposal-")
    assert proposal("offence", "burglary")["record_id"] != one["record_id"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("revision", "9"), ("record_id", "north:2"), ("release_to", "all"), ("suspect_name", "x"),
        ("lat", "north"), ("occurred_from", "2024-03-07T18:00:00"), ("offence", ""),
    ],
)  # fmt: skip
def test_what_no_proposal_can_say_is_told_before_it_is_sent(field: str, value: str) -> None:
    with pytest.raises(NotTaken, match=field):
        proposal(field, value)


def test_nobody_proposes_to_itself() -> None:
    with pytest.raises(NotTaken, match="own record"):
        record(Correction("incident", "north:1", 1, "offence", "robbery", "known_better"), "north")


@pytest.mark.parametrize(
    ("field", "text", "value"),
    [
        ("offence", "robbery", "robbery"),
        ("lat", "43.5", 43.5),
        ("tool", "", None),
        ("occurred_from", "2024-03-07T17:00:00+00:00", int(datetime(2024, 3, 7, 17, tzinfo=UTC).timestamp() * 1000)),
    ],
)
def test_accepted_it_is_the_owners_next_revision_and_only_that_field_is_another(
    field: str, text: str, value: object
) -> None:
    before = incident()
    after = revised(before, proposal(field, text))
    assert after["revision"] == 4
    assert after[field] == value
    changed = {name for name in FIELDS if after[name] != before[name]} - {"revision", "recorded_at"}
    assert changed == {field}


def test_a_record_that_changed_since_is_not_overwritten() -> None:
    with pytest.raises(NotTaken, match="look whether it still holds"):
        revised(incident(revision=4), proposal("offence", "robbery"))


def test_a_value_that_the_contract_does_not_allow_is_not_published() -> None:
    with pytest.raises(NotTaken, match="lat"):
        revised(incident(), proposal("lat", "91"))
    with pytest.raises(NotTaken, match="offence"):
        revised(incident(), proposal("offence", "mischief"))


def test_the_answer_goes_to_the_proposer_alone() -> None:
    reply = acknowledged(proposal("offence", "robbery"), "north", "decline", "we asked again")
    assert (reply["district"], reply["release_to"], reply["answer"]) == ("north", ["south"], "decline")
