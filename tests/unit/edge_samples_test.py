"""The Toronto sample, made from tables of a few rows; and a city's file, where it lies beside the checkout."""

from __future__ import annotations

import json
import sys
from datetime import datetime
from pathlib import Path

import polars as pl
import pytest
from edge_maps import map_file
from shapely.geometry import Point, shape

from connectors.mapping import load
from connectors.samples import toronto

ROOT = Path(__file__).parents[2]
HEAD = "occurrencedate,occurrencehour,premises_type,MCI,Neighbourhood,PS_Id,Lat,Long"
TRAIN = """\
2014/03/02 05:00:00+00,8,House,Assault,Annex,0,43.670,-79.400
2014/07/02 04:00:00+00,23,Outside,Robbery,Annex,2,43.671,-79.401
2014/07/01 04:00:00+00,0,Outside,Robbery,Annex,2,43.671,-79.401
2014/07/03 04:00:00+00,5,Transit,Theft Over,Annex,9,43.671,-79.401
2013/12/24 05:00:00+00,22,Commercial,Auto Theft,Wychwood,3,43.690,-79.430
"""
TEST = "2015/01/01 05:00:00+00,1,Other,Break and Enter,Casa Loma,0,43.688,-79.425\n"


def small(cache: Path) -> toronto.Sample:
    package = cache / "samples" / "toronto" / "package"
    package.mkdir(parents=True)
    (package / "train.csv").write_text(f"{HEAD}\n{TRAIN}")
    (package / "test.csv").write_text(f"{HEAD}\n{TEST}")
    return toronto.prepare(cache)


def test_the_sample_is_prepared(tmp_path: Path) -> None:
    sample = small(tmp_path)
    rows = pl.read_parquet(sample.file)
    assert rows["occurred_at"].is_sorted()
    assert rows["occurred_at"][1] == datetime(2014, 3, 2, 8), "local midnight in winter, and eight hours"
    assert datetime(2014, 7, 2, 23) in rows["occurred_at"], "and in summer"
    found = dict(rows.select("neighbourhood", "district").iter_rows())
    assert found == {"Annex": "ps2", "Wychwood": "ps3", "Casa Loma": "ps3"}, "the most often named; else the nearest's"
    areas = {
        f["properties"]["district"]: shape(f["geometry"]) for f in json.loads(sample.areas.read_text())["features"]
    }
    assert all(areas[row["district"]].contains(Point(row["lon"], row["lat"])) for row in rows.iter_rows(named=True))
    assert areas["ps2"].intersection(areas["ps3"]).area < 1e-9


def test_its_mapping_takes_every_row(tmp_path: Path) -> None:
    sample = small(tmp_path)
    records, rejected = map_file(load(sample.mapping), sample.file)
    assert (len(records), rejected) == (6, [])
    assert {record["offence"] for record in records} == {
        "simple_assault",
        "burglary",
        "motor_vehicle_theft",
        "robbery",
        "other_larceny",
    }


def test_it_is_made_once_and_made_anew_when_the_code_changes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    sample = small(tmp_path)
    made_at = sample.file.stat().st_mtime_ns
    assert toronto.prepare(tmp_path) == sample
    assert sample.file.stat().st_mtime_ns == made_at
    lock = tmp_path / "lock"
    lock.write_text("another")
    monkeypatch.setattr(sys.modules["connectors.samples.toronto.prepare"], "LOCK", lock)
    assert toronto.prepare(tmp_path).file != sample.file


SHARED = ROOT.parent / "shared" / "data"
REAL = SHARED / "toronto_mci_2018.parquet"


def division_rows(folder: Path) -> Path:
    """Rows as the city has them: an event with two offences and two victims, a division that merged."""
    rows = [
        ("GO-1", "2018-01-01T00:00:00", "assault", "House", "D53", 43.7153, -79.3655),
        ("GO-1", "2018-01-01T00:00:00", "robbery", "Stabbing", "D53", 43.7153, -79.3655),
        ("GO-1", "2018-01-01T00:00:00", "assault", "House", "D53", 43.7153, -79.3655),
        ("GO-2", "2018-03-11T02:30:00", "homicide", "Shooting", "D54", 43.6961, -79.3282),
    ]
    names = ["event_id", "occurred_at", "category", "premise_type", "district", "lat", "lon"]
    path = folder / "divisions.parquet"
    pl.DataFrame(rows, names, orient="row").write_parquet(path)
    return path


# The real file is the city's own and is not shipped: held too where it lies beside the checkout.
@pytest.mark.parametrize("real", [False, *([True] if REAL.exists() else [])])
def test_divisions_by_column(tmp_path: Path, real: bool) -> None:
    file, outlines = (REAL, SHARED / "toronto_police_divisions.geojson") if real else (division_rows(tmp_path), None)
    made = load(ROOT / "connectors" / "districts" / "toronto_divisions.toml", outlines)
    records, rejected = map_file(made, file, 20_000)
    assert rejected == []
    assert len({record["record_id"] for record in records}) == (31_590 if real else 3)
    assert "d55" in {record["district"] for record in records}
    assert "d54" not in made.districts
    areas = made.areas.polygons
    inside = [areas[str(row["district"])].contains(Point(row["lon"], row["lat"])) for row in records if areas]
    assert sum(inside) >= 0.95 * len(inside)
