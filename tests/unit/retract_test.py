"""A retraction as a district makes it."""

from __future__ import annotations

import pytest

from connectors.records import NotTaken, owner_of
from connectors.retract.send import Wish, record


def test_the_same_wish_has_the_same_id_and_another_revision_another() -> None:
    first = record(Wish("incident", "north:1", 1, "entered_in_error"), "north")
    again = record(Wish("incident", "north:1", 1, "duplicate"), "north")
    later = record(Wish("incident", "north:1", 2, "entered_in_error"), "north")
    assert first["record_id"] == again["record_id"] != later["record_id"]
    assert first["record_id"].startswith("north:retraction-")


@pytest.mark.parametrize(
    ("wish", "field"),
    [
        (Wish("person", "north:1", 1, "entered_in_error"), "target_record_type"),
        (Wish("incident", "north:1", 1, "because"), "reason"),
        (Wish("incident", "north:1\n", 1, "other"), "target_record_id"),
        (Wish("incident", "north:1", 0, "other"), "target_revision"),
        (Wish("incident", "north:1", 1, "other", "x" * 501), "note"),
    ],
)
def test_what_the_contract_does_not_allow_is_told_by_field_before_anything_is_sent(wish: Wish, field: str) -> None:
    with pytest.raises(NotTaken, match=field):
        record(wish, "north")


def test_the_owner_is_read_off_the_id() -> None:
    assert owner_of("north-east:24:7") == "north-east"
    with pytest.raises(NotTaken, match="does not begin with a district"):
        owner_of("7")
