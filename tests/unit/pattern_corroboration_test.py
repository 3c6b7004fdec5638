"""The table of what means the same event, held against the code lists; what the truth of the simulated city asks."""

from __future__ import annotations

from collections import Counter

import pytest

from jobs import pattern
from jobs.patterns.corroboration import truth
from schemas import codes, contracts

CODED = {"camera_event": "kind", "online_report": "kind", "patrol": "observation", "incident": "offence"}


def table() -> dict[tuple[str, str], list[tuple[str, str]]]:
    """(kind, category) to its (record type, code)."""
    found = {}
    for line in str(pattern.load("corroboration").settings["kinds"].value).strip().splitlines():
        head, sources = line.split(":")
        kind, category = head.split()
        found[kind, category] = [(record, code) for record, code in (each.split("/") for each in sources.split())]
    return found


def test_every_code_is_in_the_list_of_its_field() -> None:
    for sources in table().values():
        for record, code in sources:
            field = next(one for one in contracts.get(record).fields("shared") if one.name == CODED[record])
            assert field.notes.code_list is not None
            assert code in codes.get(field.notes.code_list)


def test_a_code_means_one_kind_and_a_kind_has_two_sources() -> None:
    kinds = table()
    assert max(Counter(source for sources in kinds.values() for source in sources).values()) == 1
    for (_, category), sources in kinds.items():
        assert len({record for record, _ in sources}) >= 2
        assert category in codes.get("category")


def alert(*incidents: str, event: str = "one event seen by several sources") -> dict[str, object]:
    return {"incidents": list(incidents), "event": event}


@pytest.mark.parametrize(
    ("evidence", "found"), [(("a", "b"), True), (("a", "b", "x"), True), (("a", "x"), False), (("x", "y"), False)]
)
def test_an_event_is_found_by_two_of_its_sources(evidence: tuple[str, ...], found: bool) -> None:
    item = {"records": ["a", "b", "c"], "sources": ["camera_event", "incident", "patrol"]}
    assert truth.matches(item, alert(*evidence)) is found
    assert not truth.matches(item, alert(*evidence, event=truth.TWICE))


def test_a_pair_is_found_by_both_its_records() -> None:
    item = {"records": ["a", "b"], "offence": "robbery"}
    assert truth.matches(item, alert("a", "b", event=truth.TWICE))
    assert not truth.matches(item, alert("a", "c", event=truth.TWICE))
    assert not truth.matches(item, alert("a", "b"))
