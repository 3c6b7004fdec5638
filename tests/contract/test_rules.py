"""Rules between the fields of a record, and parts that a record may lack."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from schemas import contracts, rules, samples
from schemas.check import Checker
from schemas.render import docs, quality

DAY_MS = 86_400_000


def faults(name: str, **changes: Any) -> list[str]:
    contract = contracts.get(name)
    record = samples.example(contract, "district") | changes
    return [f"{fault.reason}:{fault.field}" for fault in Checker(contract, "district").check(record)]


@pytest.mark.parametrize(("days", "over_ms", "expected"), [(30, 0, []), (30, 1, ["bad_time:expires_at"]), (0, 0, [])])
def test_a_lookout_lasts_thirty_days_and_no_millisecond_more(days: int, over_ms: int, expected: list[str]) -> None:
    begun = int(datetime(2024, 3, 1, tzinfo=UTC).timestamp() * 1000)
    assert faults("lookout", authorised_at=begun, expires_at=begun + days * DAY_MS + over_ms) == expected


def test_times_may_be_milliseconds_or_datetimes_side_by_side() -> None:
    begun = datetime(2024, 3, 1, tzinfo=UTC)
    milliseconds = int(begun.timestamp() * 1000)
    assert faults("lookout", authorised_at=begun, expires_at=milliseconds + 30 * DAY_MS) == []
    assert faults("lookout", authorised_at=begun, expires_at=milliseconds - 1) == ["bad_time:authorised_at"]


def test_rules_are_not_asked_of_a_record_with_a_fault_in_a_field() -> None:
    assert faults("camera_event", kind="vehicle_read", value=-1.0) == ["bad_value:value"]


@pytest.mark.parametrize("missing", [("lat",), ("lon",), ("lat", "lon")])
def test_a_place_is_given_whole_or_not_at_all(missing: tuple[str, ...]) -> None:
    expected = [] if len(missing) == 2 else [f"bad_place:{missing[0]}"]
    assert faults("online_report", **dict.fromkeys(missing)) == expected


def test_an_optional_part_is_null_by_default_and_its_arrays_are_empty() -> None:
    fields = {field.name: field for field in contracts.get("online_report").fields("shared")}
    assert fields["h3_9"].avro["type"] == ["null", "long"]
    assert fields["h3_9"].avro["default"] is None
    assert not fields["near_cells"].nullable
    # Elsewhere it is as it ever was.
    assert not next(field for field in contracts.get("incident").fields("shared") if field.name == "h3_9").nullable


def test_every_rule_is_told_on_the_reference_page() -> None:
    for contract in contracts.all():
        page = docs.page(contract)
        assert all(f"- {rule.words}" in page for rule in rules.of(contract))
    assert "`expires_at` is at most 30 days after `authorised_at`." in docs.page(contracts.get("lookout"))
    assert "`value` must be given when `kind` is `crowding` or `count`." in docs.page(contracts.get("camera_event"))


def test_landed_rows_with_a_null_are_not_compared() -> None:
    pairs = [
        one["kwargs"] for one in quality.suite(contracts.get("inspection"))["expectations"] if "pair" in one["type"]
    ]
    assert {pair["column_A"]: pair.get("ignore_row_if") for pair in pairs} == {
        "occurred_to": None,
        "rectify_by": "either_value_is_missing",
        "corrected_at": "either_value_is_missing",
    }
