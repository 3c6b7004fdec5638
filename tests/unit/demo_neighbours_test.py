"""Which incident an alert rests on."""

from __future__ import annotations

import pytest

from infra.demo.neighbours import acknowledgement, needed


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
