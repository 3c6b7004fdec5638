"""The check of a record against its contract, at its edges."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from schemas import codes, contracts, samples
from schemas.check import Checker, Fault
from schemas.contract import Contract, Field

INCIDENT = contracts.get("incident")
RECORD = samples.example(INCIDENT, "district")
CHECKER = Checker(INCIDENT, "district")
NOON = int(datetime(2024, 6, 1, 12, tzinfo=UTC).timestamp() * 1000)


def reasons(record: dict[str, Any], checker: Checker = CHECKER) -> list[tuple[str, str]]:
    return [(fault.reason, fault.field) for fault in checker.check(record)]


def str_of(value: object) -> str:
    return f"{value!s:.12}"


@pytest.mark.parametrize("lat", [90.0000001, float("nan"), float("inf"), "43.6", True, None, 10**400], ids=str_of)
def test_no_such_latitude(lat: Any) -> None:
    assert reasons(RECORD | {"lat": lat}) == [("bad_place", "lat")]


@pytest.mark.parametrize("lat", [90.0, -90, 0])
def test_bounds_and_whole_numbers_are_latitudes(lat: Any) -> None:
    assert reasons(RECORD | {"lat": lat}) == []


def test_a_clock_may_run_ahead_by_the_skew_and_no_more() -> None:
    checker = Checker(INCIDENT, "district", clock=lambda: NOON, skew_s=60)
    times = {"recorded_at": NOON + 60_000, "occurred_from": NOON, "occurred_to": NOON}
    assert reasons(RECORD | times, checker) == []
    assert reasons(RECORD | times | {"recorded_at": NOON + 60_001}, checker) == [("bad_time", "recorded_at")]


def test_what_was_in_the_future_is_not_for_ever() -> None:
    now = NOON
    checker = Checker(INCIDENT, "district", clock=lambda: now, skew_s=0)
    record = RECORD | {"recorded_at": NOON + 1_000, "occurred_from": NOON, "occurred_to": NOON}
    assert reasons(record, checker) == [("bad_time", "recorded_at")]
    now = NOON + 1_000
    assert reasons(record, checker) == []


def test_aware_datetimes_are_times_and_naive_ones_are_not() -> None:
    moment = datetime(2024, 3, 7, 12, tzinfo=UTC)
    assert reasons(RECORD | {"recorded_at": moment}) == []
    assert reasons(RECORD | {"recorded_at": moment.replace(tzinfo=None)}) == [("bad_time", "recorded_at")]


def test_the_end_of_a_release_may_lie_ahead_but_not_beyond_every_calendar() -> None:
    assert reasons(RECORD | {"release_expires_at": NOON * 4}) == []
    assert reasons(RECORD | {"release_expires_at": 2**62}) == [("bad_time", "release_expires_at")]


def test_order_is_held_only_between_times_that_are_good() -> None:
    later = RECORD | {"occurred_from": RECORD["occurred_to"] + 1}
    assert reasons(later) == [("bad_time", "occurred_from")]
    assert reasons(later | {"lat": 91.0}) == [("bad_place", "lat")]


def test_length_counts_characters_not_bytes() -> None:
    assert reasons(RECORD | {"description": "é" * 4_000}) == []
    assert reasons(RECORD | {"description": "é" * 4_001}) == [("too_large", "description")]


def test_ten_megabytes_of_text_are_too_large_wherever_they_stand() -> None:
    text = "x" * 10_000_000
    assert reasons(RECORD | {"record_id": text}) == [("too_large", "record_id")]
    assert reasons(RECORD | {"release_to": [text]}) == [("too_large", "release_to")]
    assert reasons(RECORD | {"release_to": ["all"] * 257}) == [("too_large", "release_to")]


def test_a_pattern_must_match_the_whole_text() -> None:
    assert reasons(RECORD | {"district": "north\n"}) == [("bad_value", "district")]
    assert reasons(RECORD | {"release_to": ["all", "allx y"]}) == [("bad_value", "release_to")]


def test_a_text_found_bad_is_bad_the_second_time_too() -> None:
    bad = RECORD | {"district": "No"}
    assert reasons(bad) == reasons(bad) == [("bad_value", "district")]


def test_every_fault_is_told_in_the_order_of_the_fields_and_none_shows_its_value() -> None:
    faults = CHECKER.check(RECORD | {"offence": "SECRET", "lat": 1e300, "revision": 2**40})
    assert [fault.field for fault in faults] == ["revision", "lat", "offence"]
    assert all(isinstance(fault, Fault) and fault.message.startswith(fault.field) for fault in faults)
    assert not any("SECRET" in fault.message or "1e" in fault.message for fault in faults)


SENT = [contract for contract in contracts.all() if "district" in contract.stages]
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=2),
)


def values_of(field: Field) -> st.SearchStrategy[Any]:
    """Anything at all, or what may be right by itself, so that rules between fields are asked too."""
    listed = field.notes.code_list
    right = st.sampled_from(sorted(codes.get(listed).codes)) if listed and not field.array else st.none()
    return VALUES | right | (st.integers(0, NOON) if field.kind == "timestamp" else st.none())


# No deadline: a busy machine must not fail it.
@pytest.mark.parametrize("contract", SENT, ids=lambda c: c.name)
@settings(deadline=None, max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(data=st.data())
def test_whatever_comes_faults_are_told_and_nothing_is_raised(contract: Contract, data: st.DataObject) -> None:
    known, checker = codes.get("rejection_reason"), Checker(contract, "district")
    fields = {field.name: field for field in contract.fields("shared")}
    names = data.draw(st.lists(st.sampled_from(sorted(fields)), unique=True, max_size=6))
    changes = {name: data.draw(values_of(fields[name])) for name in names}
    stray = data.draw(st.dictionaries(st.text(), VALUES, max_size=1))
    for fault in checker.check(samples.example(contract, "district") | changes | stray):
        assert fault.reason in known
