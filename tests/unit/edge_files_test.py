"""Files as they come: hostile rows, odd encodings, and going on from a row."""

from __future__ import annotations

import json
import re
from pathlib import Path

import polars as pl
import pytest
from edge_maps import PLAIN, map_file, mapping

from connectors.files import csv_rows, open_rows
from connectors.mapping import MappingError

HEAD = "number,when,kind,lat,lon"
ROW = "{},2024-03-07 18:00,B&E,43.66,-79.39"


def ids(records: list[dict[str, object]]) -> list[str]:
    return [str(record["record_id"]) for record in records]


def test_mark_mixed_line_ends_and_blank_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes(b"\xef\xbb\xbf" + f"{HEAD}\r\n{ROW.format(1)}\n\n{ROW.format(2)}\r{ROW.format(3)}".encode())
    records, rejected = map_file(mapping(tmp_path), path)
    assert (ids(records), rejected) == (["north:1", "north:2", "north:3"], [])


def test_rows_of_wrong_width_are_refused_by_number(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text("\n".join([HEAD, ROW.format(1), "2,too,few", ROW.format(3) + ",too,many", ROW.format(4)]))
    records, rejected = map_file(mapping(tmp_path), path)
    assert ids(records) == ["north:1", "north:4"]
    assert [row for row, _ in rejected] == [2, 3]
    assert "more or fewer fields" in rejected[0][1]


def test_a_huge_field_and_an_open_quote_do_not_stop_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(csv_rows, "FIELD_LIMIT", 10_000)
    path = tmp_path / "f.csv"
    huge = ROW.format(1).replace("B&E", "x" * 20_000)
    path.write_text("\n".join([HEAD, huge, ROW.format(2), '"3,' + "y" * 11_000, ROW.format(4)]))
    records, rejected = map_file(mapping(tmp_path), path)
    assert ids(records) == ["north:2", "north:4"]
    assert [row for row, _ in rejected] == [1, 3]
    assert "field larger than field limit" in rejected[0][1]


def test_nul_and_controls_are_rows_like_others(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_bytes("\n".join([HEAD, ROW.format("1\0"), ROW.format(2)]).encode())
    records, rejected = map_file(mapping(tmp_path), path)
    assert (ids(records), [row for row, _ in rejected]) == (["north:2"], [1])


def test_delimiter_and_encoding(tmp_path: Path) -> None:
    path = tmp_path / "f.txt"
    text = f"{HEAD};text\n{ROW.format(1)};Tür\n".replace(",", ";")
    path.write_bytes(text.encode("cp1252"))
    made = mapping(
        tmp_path,
        PLAIN + '\n[input]\ndelimiter = ";"\nencoding = "cp1252"\n\n[fields.description]\ncolumn = "text"\n',
    )
    assert map_file(made, path)[0][0]["description"] == "Tür"
    wrong = mapping(tmp_path, PLAIN + '\n[input]\ndelimiter = ";"\n\n[fields.description]\ncolumn = "text"\n')
    ((row, message),) = map_file(wrong, path)[1]
    assert row == 1
    assert "see input.encoding" in message, "never published with signs in place of letters"


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("", "the file is empty"),
        ("Number,when,kind,lat,lon\n", 'no column "number" (id.template of mapping.toml); did you mean "Number"?'),
        (HEAD.replace(",", ";"), "is input.delimiter right?"),
    ],
)
def test_a_file_that_does_not_fit_is_told_at_once(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "f.csv"
    path.write_text(content)
    with pytest.raises(MappingError, match=re.escape(said)):
        map_file(mapping(tmp_path), path)


def test_a_heading_alone_is_a_file_of_no_rows(tmp_path: Path) -> None:
    path = tmp_path / "f.csv"
    path.write_text(HEAD)
    assert map_file(mapping(tmp_path), path) == ([], [])


def test_no_parquet_in_spite_of_its_name(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    path.write_text("no")
    with pytest.raises(MappingError, match="no Parquet file"):
        map_file(mapping(tmp_path), path)


def test_json_lines(tmp_path: Path) -> None:
    path = tmp_path / "f.jsonl"
    good = {"number": 1, "when": "2024-03-07 18:00", "kind": "B&E", "at": {"lat": 43.66, "lon": -79.39}}
    path.write_text(
        "\n".join(
            [
                json.dumps(good),
                "{",
                "[1]",
                "",
                json.dumps({**good, "number": 4, "at": None}),
                json.dumps({**good, "number": "\ud800"}),
            ]
        )
    )
    made = mapping(tmp_path, place='lat = "at.lat"\nlon = "at.lon"')
    records, rejected = map_file(made, path)
    assert ids(records) == ["north:1"]
    assert [row for row, _ in rejected] == [2, 3, 4, 5], "half a surrogate pair is text to JSON only"


def test_a_column_of_lists_is_told(tmp_path: Path) -> None:
    path = tmp_path / "f.parquet"
    row = dict(zip(HEAD.split(","), ROW.format(1).split(","), strict=True))
    pl.DataFrame([{**row, "kind": ["B&E"]}]).write_parquet(path)
    with pytest.raises(MappingError, match=r'column "kind" holds List'):
        map_file(mapping(tmp_path), path)


@pytest.mark.parametrize("kind", ["csv", "parquet", "jsonl"])
@pytest.mark.parametrize("skip", [0, 7, 10, 23, 30])
def test_going_on_from_a_row(tmp_path: Path, kind: str, skip: int) -> None:
    rows = [dict(zip(HEAD.split(","), ROW.format(number).split(","), strict=True)) for number in range(1, 31)]
    path = tmp_path / f"f.{kind}"
    frame = pl.DataFrame(rows)
    if kind == "csv":
        frame.write_csv(path)
    elif kind == "jsonl":
        frame.write_ndjson(path)
    else:
        frame.write_parquet(path, row_group_size=10)
    opened = open_rows(path, mapping(tmp_path).spec, skip, 8)
    left = pl.concat([frame, *opened.chunks], how="diagonal").slice(30)
    assert left["number"].to_list() == [str(number) for number in range(skip + 1, 31)]
    assert skip == 30 or left["__row"].to_list() == list(range(skip + 1, 31))
