"""The lines of a trial: whole rows, and the watermarks that a live run would have."""

from __future__ import annotations

import json
from typing import Any

import pytest

from jobs import pattern
from jobs.pattern import Pattern, Table
from jobs.pattern_settings import PatternError
from jobs.trial import same
from jobs.trial_lines import milliseconds, read, render

NOON = "2025-03-01T12:00:00Z"
NOON_MS = 1_740_830_400_000
HOUR_MS = 3_600_000


def tried(**reads: Table) -> Pattern:
    return Pattern(name="tried", title="t", finds="f", recipients="r", runbook="b", reads=reads)


def incident(district: str, at: str, **more: Any) -> dict[str, Any]:
    return {
        "type": "incident",
        "record": {"record_id": f"{district}:1", "district": district, "recorded_at": at} | more,
    }


INCIDENT = Table(
    contract="incident",
    stage="shared",
    columns=("record_id", "district", "recorded_at", "category", "visible_to", "retracted", "near_cells", "tool"),
    event_time="recorded_at",
    disorder="60",
)
CLOCK = Table(contract="heartbeat", stage="result", event_time="at")


def test_what_a_record_leaves_out_comes_from_its_contract() -> None:
    files, _ = render(tried(incident=INCIDENT), {}, [incident("north", NOON)])
    number, _, text = files["incident"][0].partition("\t")
    row = json.loads(text)
    assert number == "0" and row["recorded_at"] == "2025-03-01 12:00:00.000"
    assert row["visible_to"] == ["north"] and row["near_cells"] == [] and row["retracted"] is False
    assert row["category"] and set(row) == set(INCIDENT.columns)


def test_the_watermark_is_that_of_the_district_farthest_behind() -> None:
    lines = [
        incident("north", NOON),
        incident("south", "2025-03-01T10:00:00Z"),  # new and behind: the watermark stays
        incident("north", "2025-03-01T14:00:00Z"),
        incident("south", "2025-03-01T13:00:00Z"),
    ]
    files, stands = render(tried(incident=INCIDENT), {}, lines)
    assert stands == [NOON_MS, NOON_MS, NOON_MS, NOON_MS + HOUR_MS]
    marks = [line.partition("\t")[2] for line in files["incident"] if "\t@" in line]
    assert marks == [f"@{NOON_MS - 60_000}", f"@{NOON_MS + HOUR_MS - 60_000}"]


def test_a_clock_lifts_all_and_reaches_the_tables_that_read_it() -> None:
    lines = [incident("north", NOON), incident("south", NOON), {"clock": "2025-03-01T20:00:00Z"}]
    files, stands = render(tried(incident=INCIDENT, clock=CLOCK), {}, lines)
    assert stands[-1] == NOON_MS + 8 * HOUR_MS
    row, mark = files["clock"][-2:]
    assert json.loads(row.partition("\t")[2]) == {"at": "2025-03-01 20:00:00.000", "source": "trial"}
    assert mark == f"2\t@{NOON_MS + 8 * HOUR_MS}" and files["incident"][-1] == f"2\t@{NOON_MS + 8 * HOUR_MS - 60_000}"


def test_a_table_without_a_time_has_no_watermark() -> None:
    untimed = INCIDENT.model_copy(update={"event_time": ""})
    files, stands = render(tried(incident=untimed), {}, [incident("north", NOON)])
    assert len(files["incident"]) == 1 and stands == [-(2**63)]


@pytest.mark.parametrize(
    ("line", "says"),
    [({"type": "patrol", "record": {}}, "line 1 is of type patrol, but tried reads incident"), ({"a": 1}, '"clock"')],
)
def test_a_line_that_cannot_be_read_is_named(line: dict[str, Any], says: str) -> None:
    with pytest.raises(PatternError, match=says):
        render(tried(incident=INCIDENT), {}, [line])


def test_every_case_of_every_pattern_can_be_read() -> None:
    for name in pattern.names():
        one = pattern.load(name)
        values = {key: setting.value for key, setting in one.settings.items()}
        for file in sorted((pattern.ROOT / name / "cases").glob("*/given.jsonl")):
            files, _ = render(one, values, read(file))
            assert any(files.values()), file


def test_times_are_the_same_however_written() -> None:
    assert milliseconds(NOON) == milliseconds("2025-03-01T12:00:00") == milliseconds(NOON_MS) == NOON_MS
    assert same({"at": NOON, "x": 1.0}, {"at": "2025-03-01T12:00:00.000Z", "x": 1.0000001, "more": 1})
    assert not same({"at": NOON}, {"at": "2025-03-01T12:00:01Z"})
    assert not same({"x": 1.0}, {"x": 1.01}) and not same({"x": 1}, {})
