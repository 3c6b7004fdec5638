"""Which incident an alert rests on."""

from __future__ import annotations

from datetime import date

import pytest

from infra.demo.neighbours import acknowledgement, needed, plan


@pytest.mark.parametrize(
    ("incident", "links", "expected"),
    [
        ("a", {("a", "b"), ("b", "c")}, True),  # two are left
        ("b", {("a", "b"), ("b", "c")}, True),  # none are linked any more
        ("a", {("a", "b"), ("b", "c"), ("c", "d")}, False),  # b, c, d still stand
        ("b", {("a", "b"), ("b", "c"), ("c", "d")}, True),
        ("a", {("a", "b"), ("b", "c"), ("x", "y"), ("y", "z")}, True),  # the others are of another place
        ("a", {("a", "b"), ("a", "c"), ("b", "c")}, True),
    ],
)
def test_an_incident_is_needed_when_no_three_are_left(
    incident: str, links: set[tuple[str, str]], expected: bool
) -> None:
    assert needed(incident, links) is expected


def test_an_answer_is_as_its_contract_says() -> None:
    assert acknowledgement("north", "linked_incidents:5f0c")["record_id"] == "north:ack-5f0c"


@pytest.mark.parametrize("day", range(1, 15))
def test_the_city_begins_on_a_monday_and_ends_lately(day: int) -> None:
    today = date(2026, 3, day)
    made = plan(today)
    assert made.start.weekday() == 0
    assert 2 <= (today - made.start).days - made.days <= 8
