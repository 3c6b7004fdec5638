"""Times: formats, offsets, hours beside dates, and the two nights a year on which a local clock fails."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from edge_maps import apply, mapping, one
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.mapping import Mapping
from connectors.mapping.draft import Draft
from connectors.mapping.spec import Moment, Times
from connectors.mapping.times import read, to_utc

ZONES = ("America/Toronto", "Europe/London", "Australia/Lord_Howe", "Asia/Kolkata", "America/St_Johns", "UTC")


def timed(folder: Path, *lines: str) -> Mapping:
    given_ = {line.partition(" = ")[0] for line in lines}
    usual = [line for line in ('column = "when"', 'zone = "America/Toronto"') if line.partition(" = ")[0] not in given_]
    if "columns" in given_:
        usual = usual[1:]
    return mapping(folder, time="\n".join([*usual, *lines]))


def utc(text: str) -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp() * 1000)


@pytest.mark.parametrize(
    ("lines", "row", "expected"),
    [
        ((), {"when": "2024-07-01T12:00:00"}, "2024-07-01T16:00"),
        ((), {"when": "2024-07-01T12:00:00Z"}, "2024-07-01T12:00"),
        ((), {"when": "2024-07-01 12:00:00.5+02:00"}, "2024-07-01T10:00:00.500"),
        ((), {"when": "2024/07/01 12:00:00-0330"}, "2024-07-01T15:30"),
        ((), {"when": "2014/03/02 05:00:00+00"}, "2014-03-02T05:00"),
        ((), {"when": "2024-07-01"}, "2024-07-01T04:00"),
        (('offset = "ignore"',), {"when": "2024-07-01T12:00:00Z"}, "2024-07-01T16:00"),
        (('format = "%d.%m.%Y %H:%M"',), {"when": "01.07.2024 12:00"}, "2024-07-01T16:00"),
        (('format = "%m/%d/%Y %I:%M:%S %p"',), {"when": "07/01/2024 01:30:00 PM"}, "2024-07-01T17:30"),
        (('format = ["%Y%m%d", "%d/%m/%Y"]',), {"when": "01/07/2024"}, "2024-07-01T04:00"),
        (('format = "epoch_s"',), {"when": "1719849600"}, "2024-07-01T16:00"),
        (('columns = ["d", "t"]', 'format = "%Y-%m-%d %H%M"'), {"d": "2024-07-01", "t": "0930"}, "2024-07-01T13:30"),
        (('clock = "t"',), {"when": "2024-07-01 00:00", "t": "930"}, "2024-07-01T13:30"),
        (('clock = "t"',), {"when": "2024-07-01", "t": "9:30:00"}, "2024-07-01T13:30"),
        (('hour = "h"',), {"when": "2024-07-01", "h": "23"}, "2024-07-02T03:00"),
        # Local midnight written in UTC, and the hour of the local clock beside it.
        (('hour = "h"',), {"when": "2014/03/02 05:00:00+00", "h": "8"}, "2014-03-02T13:00"),
        ((), {"when": datetime(2024, 7, 1, 12)}, "2024-07-01T16:00"),
        ((), {"when": datetime(2024, 7, 1, 12, tzinfo=UTC)}, "2024-07-01T12:00"),
        (('offset = "ignore"',), {"when": datetime(2024, 7, 1, 12, tzinfo=UTC)}, "2024-07-01T16:00"),
        ((), {"when": date(2024, 7, 1)}, "2024-07-01T04:00"),
    ],
)
def test_ways_of_writing_a_time(tmp_path: Path, lines: tuple[str, ...], row: dict[str, object], expected: str) -> None:
    assert one(timed(tmp_path, *lines), **row)["occurred_from"] == utc(expected)


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        (('hour = "h"',), {"when": "2024-07-01", "h": "24"}),
        (('hour = "h"',), {"when": "2024-07-01", "h": "1.5"}),
        (('hour = "h"',), {"when": "2024-07-01", "h": ""}),
        (('clock = "t"',), {"when": "2024-07-01", "t": "2460"}),
        (('format = "epoch_s"',), {"when": "1e300"}),
        ((), {"when": "2024-02-30"}),
        ((), {"when": "2024-07-01T12:00:00+99:99"}),
        (('gap = "reject"',), {"when": "2024-03-10 02:30"}),
        (('overlap = "reject"',), {"when": "2024-11-03 01:30"}),
    ],
)
def test_what_is_no_time_is_refused(tmp_path: Path, lines: tuple[str, ...], row: dict[str, object]) -> None:
    (rejection,) = apply(timed(tmp_path, *lines), row).rejected
    assert (rejection.reason, rejection.field) == ("bad_time", "occurred_from")


def test_the_night_with_a_gap_and_the_night_with_an_hour_twice(tmp_path: Path) -> None:
    assert one(timed(tmp_path), when="2024-03-10 02:30")["occurred_from"] == utc("2024-03-10T07:30"), (
        "03:30 in summer time"
    )
    assert one(timed(tmp_path), when="2024-11-03 01:30")["occurred_from"] == utc("2024-11-03T05:30")
    later = one(timed(tmp_path, 'overlap = "later"'), when="2024-11-03 01:30")
    assert later["occurred_from"] == utc("2024-11-03T06:30")


def test_precision_sets_the_end(tmp_path: Path) -> None:
    hour = one(timed(tmp_path, 'precision = "hour"'), when="2024-07-01 12:00")
    assert hour["occurred_to"] - hour["occurred_from"] == 3_600_000
    day = one(timed(tmp_path, 'precision = "day"'), when="2024-03-10 15:00")
    assert (day["occurred_from"], day["occurred_to"]) == (utc("2024-03-10T05:00"), utc("2024-03-11T04:00")), "23 hours"


def test_the_end_never_lies_ahead_of_now(tmp_path: Path) -> None:
    record = one(timed(tmp_path, 'precision = "hour"', 'format = "epoch_ms"'), when="1789999999000")
    assert record["occurred_to"] == 1_790_000_000_000


def test_windows(tmp_path: Path) -> None:
    body = 'column = "when"\nzone = "America/Toronto"\nprecision = "window"\n\n[time.until]\ncolumn = "end"'
    made = mapping(tmp_path, time=body)
    mapped = apply(made, {"end": "2024-03-08 07:00"}, {"end": ""}, {"end": "2024-03-06 07:00"}, {"end": "soon"})
    assert mapped.records["occurred_to"].to_list() == [utc("2024-03-08T12:00"), utc("2024-03-07T23:00")]
    assert [(r.row, r.reason, r.field) for r in mapped.rejected] == [(n, "bad_time", "occurred_to") for n in (3, 4)]


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 31)), st.sampled_from(ZONES), st.booleans())
def test_local_times_are_read_as_python_reads_them(local: datetime, zone: str, later: bool) -> None:
    """For any moment of any of these clocks, gaps and overlaps included, PEP 495 says the same."""
    local = local.replace(microsecond=local.microsecond // 1000 * 1000)
    times = Times(column="t", zone=zone, overlap="later" if later else "earlier")
    found = to_utc(pl.Series([local], dtype=pl.Datetime("ms")), times)[0]
    aware = local.replace(tzinfo=ZoneInfo(zone))
    exists = aware.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    expected = aware.replace(fold=1 if later and exists else 0).astimezone(UTC)
    assert found == (expected - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(milliseconds=1)


@settings(max_examples=150, deadline=None)
@given(st.datetimes(datetime(1970, 1, 2), datetime(2037, 12, 31)), st.integers(-14 * 60, 14 * 60))
def test_an_offset_that_is_written_counts(moment: datetime, minutes: int) -> None:
    moment = moment.replace(microsecond=0)
    sign, (hours, rest) = "-" if minutes < 0 else "+", divmod(abs(minutes), 60)
    text = f"{moment.isoformat()}{sign}{hours:02}:{rest:02}"
    values, bad = read(Draft(pl.DataFrame({"t": [text]})), Moment(column="t"), Times(column="t", zone="Asia/Kolkata"))
    assert not bad[0]
    assert values[0] == int(datetime.fromisoformat(text).timestamp() * 1000)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.text(max_size=30), min_size=1, max_size=5))
def test_no_text_whatever_stops_the_reading(texts: list[str]) -> None:
    times = Times(column="t", zone="Europe/London", hour="t")
    values, bad = read(Draft(pl.DataFrame({"t": texts})), times, times)
    assert len(values) == len(bad) == len(texts)
