"""A mapping's sections: what each makes of a row, and which rows it refuses with which words."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from edge_maps import GOOD, PLAIN, apply, mapping, one, squares

from connectors.mapping import MappingError


def test_a_plain_row_becomes_a_record(tmp_path: Path) -> None:
    record = one(mapping(tmp_path))
    assert record["record_id"] == "north:1"
    assert record["district"] == "north"
    assert record["offence"] == "burglary"
    assert record["occurred_from"] == record["occurred_to"] == record["recorded_at"] == 1_709_852_400_000  # 23:00 UTC
    assert (record["lat"], record["lon"], record["revision"], record["status"]) == (43.66, -79.39, 1, "unknown")


@pytest.mark.parametrize(
    ("row", "reason", "field"),
    [
        ({"kind": "Arson"}, "unmapped", "offence"),
        ({"kind": ""}, "bad_value", "offence"),
        ({"number": None}, "bad_value", "record_id"),
        ({"number": "a b"}, "bad_value", "record_id"),
        ({"when": "yesterday"}, "bad_time", "occurred_from"),
        ({"when": "1969-12-31 12:00"}, "bad_time", "occurred_from"),
        ({"when": "2099-01-01 12:00"}, "bad_time", "occurred_from"),
        ({"when": ""}, "bad_time", "occurred_from"),
        ({"lat": "NaN"}, "bad_place", "lat"),
        ({"lat": "inf"}, "bad_place", "lat"),
        ({"lat": "north"}, "bad_place", "lat"),
        ({"lat": "91"}, "bad_place", "lat"),
        ({"lon": "-180.5"}, "bad_place", "lon"),
        ({"lon": " "}, "bad_place", "lon"),
        ({"lat": "0", "lon": "0.0"}, "bad_place", None),
    ],
)
def test_a_bad_row_is_refused_and_the_next_is_not(
    tmp_path: Path, row: dict[str, object], reason: str, field: str | None
) -> None:
    mapped = apply(mapping(tmp_path), row, {"number": "2"})
    (rejection,) = mapped.rejected
    assert (rejection.row, rejection.reason, rejection.field, rejection.district) == (1, reason, field, "north")
    assert json.loads(rejection.raw)["kind"] == {**GOOD, **row}["kind"]
    assert mapped.records["record_id"].to_list() == ["north:2"]
    value = next(iter(row.values()))
    assert not value or len(str(value)) < 5 or str(value) not in rejection.message, "the value stays out of the message"


def test_numbers_with_units_and_a_decimal_comma(tmp_path: Path) -> None:
    text = PLAIN + '\n[fields.location_precision_m]\ncolumn = "off"\nunit = "ft"\ndecimal = ","\n'
    assert one(mapping(tmp_path, text), off="1.000,5")["location_precision_m"] == pytest.approx(304.9524)
    (rejection,) = apply(mapping(tmp_path, text), {"off": "-1"}).rejected
    assert (rejection.reason, rejection.field) == ("bad_place", "location_precision_m")


def test_projected_coordinates(tmp_path: Path) -> None:
    """The CN Tower in UTM zone 17 N: its published coordinates both ways."""
    made = mapping(tmp_path, place='x = "lon"\ny = "lat"\nepsg = 26917')
    record = one(made, lon="630084", lat="4833439")
    assert record["lat"] == pytest.approx(43.6426, abs=2e-4)
    assert record["lon"] == pytest.approx(-79.3871, abs=2e-4)
    (rejection,) = apply(made, {"lon": "9e99"}).rejected
    assert rejection.reason == "bad_place"


def test_code_tables_with_default_and_empty(tmp_path: Path) -> None:
    text = (
        PLAIN
        + '\n[fields.tool]\ncolumn = "tool"\ncodes = { "bar" = "pry_tool" }\ndefault = "other"\nempty = "unknown"\n'
    )
    try:
        made = mapping(tmp_path, text)
    except MappingError as error:
        pytest.fail(str(error))
    assert [one(made, tool=tool)["tool"] for tool in ("bar", "spoon", "")] == ["pry_tool", "other", "unknown"]


def test_columns_are_joined_and_the_join_is_translated(tmp_path: Path) -> None:
    made = mapping(
        tmp_path,
        PLAIN + '\n[fields.description]\ncolumns = ["a", "b"]\nseparator = "; "\n',
        fields__offence='columns = ["kind", "a"]\nseparator = "/"\ncodes = { "B&E/night" = "burglary" }',
    )
    record = one(made, a="night", b="rear door")
    assert (record["offence"], record["description"]) == ("burglary", "night; rear door")
    assert one(made, a="night", b="")["description"] == "night"


def test_text_that_is_too_long_is_refused(tmp_path: Path) -> None:
    made = mapping(tmp_path, PLAIN + '\n[fields.description]\ncolumn = "a"\n')
    (rejection,) = apply(made, {"a": "x" * 4001}).rejected
    assert (rejection.reason, rejection.field) == ("too_large", "description")


def test_equal_rows_get_equal_ids_by_hash(tmp_path: Path) -> None:
    made = mapping(tmp_path, id='hash_of = ["when", "kind", "lat", "lon"]')
    rows = apply(made, {}, {"number": "other"}, {"kind": "Rob"}, {"kind": "", "when": "2024-03-07 18:00B&E"})
    ids = rows.records["record_id"].to_list()
    assert ids[0] == ids[1] != ids[2]
    assert ids[0] == "north:ac16e90922440cfd1ee7aa98", "ids must stay the same from one release to the next"


def test_district_by_column(tmp_path: Path) -> None:
    made = mapping(
        tmp_path,
        PLAIN + '\n[districts.titles]\nnorth = "North"\nsouth = "South"\n',
        district='column = "div"\ncodes = { "N" = "north", "S" = "south" }',
    )
    mapped = apply(made, {"div": "S"}, {"div": "X"}, {"div": ""})
    assert mapped.records["district"].to_list() == ["south"]
    assert [(r.reason, r.district) for r in mapped.rejected] == [("wrong_district", "north")] * 2
    assert made.districts == {"north": "North", "south": "South"}


def test_district_by_point(tmp_path: Path) -> None:
    squares(tmp_path / "areas.geojson", East=(-79, 43, -78, 44), West=(-80, 43, -79, 44))
    made = mapping(
        tmp_path,
        district="by_point = true",
        districts='areas = "areas.geojson"\nproperty = "area"\nnames = { "East" = "east", "West" = "west" }',
    )
    mapped = apply(made, {"lon": "-78.5"}, {"lon": "-79.5"}, {"lon": "-79"}, {"lon": "-81"})
    assert mapped.records["district"].to_list() == ["east", "west", "east"], (
        "on the border the first in the file has it"
    )
    assert [(r.reason, r.field) for r in mapped.rejected] == [("wrong_district", "district")]


def test_a_release_may_end(tmp_path: Path) -> None:
    record = one(mapping(tmp_path, release='to = ["all"]\npurposes = ["prevention"]\nexpires_after_days = 2'))
    assert record["release_expires_at"] - record["recorded_at"] == 2 * 86_400_000


def test_rows_that_are_left_out(tmp_path: Path) -> None:
    made = mapping(tmp_path, PLAIN + '\n[input]\nonly = { type = ["A", "B"] }\nleave_out = { gone = ["X"] }\n')
    rows = [{"type": "A"}, {"type": "C"}, {"type": "B", "gone": "X"}, {"type": "B", "number": "2", "kind": "?"}, {}]
    mapped = apply(made, *({"type": "", "gone": "", **row} for row in rows))
    assert mapped.records["record_id"].to_list() == ["north:1"]
    assert [one.row for one in mapped.rejected] == [4]
    assert (mapped.rows, mapped.left_out) == (5, 3)
