"""Which topics a district has of its own, and whose a topic is."""

from __future__ import annotations

import pytest

from infra.provision import topics
from streams.districts import District

DAY_MS = 86_400_000


def test_a_district_has_topics_of_what_it_receives_and_keeps_its_own_as_short_as_it_says() -> None:
    district = District("north", "North", 0, None, receives=("alert", "incident"), retention={"incident": 3})
    found = {topic.name: topic.config["retention.ms"] for topic in topics.of(district)}
    assert {name for name in found if name.startswith("to.")} == {"to.north.alert.v1", "to.north.incident.v1"}
    assert found["north.incident.v1"] == str(3 * DAY_MS)
    # What others send it, and what it publishes of other types, is kept as the contracts say.
    plain = {topic.name: topic.config["retention.ms"] for topic in topics.of_district("north", ("alert", "incident"))}
    assert {name for name in found if found[name] != plain[name]} == {"north.incident.v1"}


@pytest.mark.parametrize(
    ("topic", "owner"),
    [
        ("north.incident.v1", "north"),
        ("to.north.alert.v1", "north"),
        ("rejected.north.v1", "north"),
        ("shared.incident.v1", None),
        ("late.link.v1", None),
        ("alert.v1", None),
        ("north.something.v1", None),
        ("a-topic-of-somebody-else", None),
    ],
)
def test_the_owner_of_a_topic_is_told_by_its_name(topic: str, owner: str | None) -> None:
    assert topics.owner(topic) == owner


def test_every_topic_of_a_district_is_known_to_be_its_own() -> None:
    assert {topics.owner(topic.name) for topic in topics.of_district("north")} == {"north"}
    assert {topics.owner(topic.name) for topic in topics.fixed()} == {None}
