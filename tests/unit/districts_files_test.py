"""Files of districts: read with every mistake named, and the first of them written."""

from __future__ import annotations

import json
import shutil
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from edge_maps import map_file
from shapely.geometry import Point, box
from typer.testing import CliRunner

from connectors.mapping import MappingError
from connectors.mapping import load as load_mapping
from connectors.mapping.spec import Release
from infra.cli import app
from infra.districts import BadFiles, checks, folders, ground, scaffold
from infra.districts.files import load, read
from streams.settings import Settings

ROOT = Path(__file__).parents[2]
AREA = box(-79.5, 43.6, -79.4, 43.7)
RUN = CliRunner()


def begin(folder: Path, name: str = "north", **said: Any) -> None:
    scaffold.write(folder, scaffold.Wishes(name, said.pop("title", "The North"), AREA, **said))


def test_what_is_written_first_can_be_read_and_sent_at_once(tmp_path: Path) -> None:
    now = datetime(2020, 3, 1, 12, tzinfo=UTC)
    begin(tmp_path, title='"North" é', groups=("river",), release_to=("group:river",), zone="America/Toronto", now=now)
    written = read(tmp_path / "north")
    assert written.said.title == '"North" é'
    assert written.said.groups == ("river",)
    assert written.said.release is not None
    assert written.said.release.to == ("group:river",)
    checks.mappings(written)
    assert load_mapping(tmp_path / "north" / "incidents.toml").spec.release == Release(
        to=("group:river",), purposes=("investigation", "prevention")
    )
    records, rejected = map_file(
        load_mapping(tmp_path / "north" / "incidents.toml"), tmp_path / "north" / "incidents.csv"
    )
    assert rejected == []
    assert len(records) == scaffold.ROWS
    assert all(AREA.contains(Point(record["lon"], record["lat"])) for record in records)
    assert [record["occurred_from"] for record in records] == sorted(record["occurred_from"] for record in records)
    assert all(record["recorded_at"] < now.timestamp() * 1_000 for record in records)


def test_a_mapping_takes_the_release_of_its_district_and_is_another_when_that_changes(tmp_path: Path) -> None:
    begin(tmp_path, release_to=("all",))
    mapping, district = tmp_path / "north" / "incidents.toml", tmp_path / "north" / "district.toml"
    first = load_mapping(mapping)
    assert first.spec.release is not None
    assert first.spec.release.to == ("all",)
    district.write_text(district.read_text().replace('["all"]', '["south"]'))
    assert load_mapping(mapping).sha256 != first.sha256
    # Its own comes first; and a mapping of another district has none of this one.
    mapping.write_text(mapping.read_text() + '\n[release]\nto = ["east"]\npurposes = ["planning"]\n')
    assert load_mapping(mapping).spec.release == Release(to=("east",), purposes=("planning",))
    begin(tmp_path, "south")
    shutil.copy(tmp_path / "south" / "incidents.toml", mapping)
    with pytest.raises(MappingError, match=r"release: is missing: say it here, or in the \[release\] of a district"):
        load_mapping(mapping)
    district.unlink()
    with pytest.raises(MappingError, match="release: is missing"):
        load_mapping(mapping)


def test_nothing_is_overwritten_and_nothing_is_left_half_made(tmp_path: Path) -> None:
    begin(tmp_path)
    with pytest.raises(BadFiles, match="exists: edit it"):
        begin(tmp_path)
    with pytest.raises(BadFiles, match=r"release\.to"):
        begin(tmp_path, "south", release_to=("Everybody!",))
    begin(tmp_path, "south")


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("district.toml", 'name = "south"\ntitle = "x"', r'name: is "south": make it the folder\'s, "north"'),
        ("district.toml", 'name = "north"\ntitle = "x"\nmappings = ["a.toml"]', r"mappings: there is no a\.toml"),
        (
            "district.toml",
            'name = "north"\ntitle = "x"\nlanguage = ["en"]',
            r'district\.toml:3: language: .* "languages"',
        ),
        ("area.geojson", '{"type": "Point", "coordinates": [1, 2]}', "its area is a Point"),
        ("area.geojson", "[]", "cannot be read as one GeoJSON polygon"),
    ],
)
def test_a_mistake_is_named(tmp_path: Path, file: str, text: str, message: str) -> None:
    begin(tmp_path)
    (tmp_path / "north" / file).write_text(text)
    with pytest.raises(BadFiles, match=message):
        load(tmp_path, None)


def test_all_mistakes_of_all_files_are_named_at_once(tmp_path: Path) -> None:
    for name in ("north", "south"):
        begin(tmp_path / "districts", name)
        path = tmp_path / "districts" / name / "district.toml"
        path.write_text("number = 1\n" + path.read_text())
    (tmp_path / "agreements").mkdir()
    (tmp_path / "agreements" / "a.toml").write_text("title = 1")
    with pytest.raises(BadFiles) as error:
        load(tmp_path / "districts", tmp_path / "agreements")
    assert "number: 1 is north's too" in str(error.value)
    assert "a.toml: parties: is missing" in str(error.value)


def test_a_mapping_of_another_district_is_refused(tmp_path: Path) -> None:
    begin(tmp_path)
    begin(tmp_path, "south")
    text = (tmp_path / "south" / "incidents.toml").read_text()
    release = '[release]\nto = ["all"]\npurposes = ["planning"]\n'
    (tmp_path / "north" / "incidents.toml").write_text(text + release)
    assert checks.folder(tmp_path)["south"] == []
    (problem,) = checks.folder(tmp_path)["north"]
    assert "mapping of south too" in problem


def test_the_examples_that_ship_are_without_mistakes() -> None:
    files = folders.read(ROOT / "connectors/districts/examples", ROOT / "infra/agreements/examples")
    assert files.districts is not None
    assert files.agreements is not None
    assert list(files.districts) == ["sim-00", "sim-01", "sim-02"]
    assert not any(checks.folder(ROOT / "connectors/districts/examples").values())
    groups = {f"group:{group}" for one in files.districts.values() for group in one.said.groups}
    assert {party for one in files.agreements.values() for party in one.parties} <= groups


def test_a_folder_that_is_not_named_may_be_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert (folders.read(None, None).districts, folders.read(None, None).agreements) == (None, None)
    (tmp_path / folders.DISTRICTS).mkdir(parents=True)
    assert folders.read(None, None).districts is None
    assert folders.read(folders.DISTRICTS, None).districts == {}
    begin(tmp_path / folders.DISTRICTS)
    assert list(folders.read(None, None).districts or ()) == ["north"]
    with pytest.raises(BadFiles, match="give --districts another"):
        folders.read(tmp_path / "nowhere", None)


def test_ground_is_a_box_or_a_circle() -> None:
    assert ground.of_box("-79.5,43.6,-79.4,43.7").equals(AREA)
    circle = ground.of_circle("43.68,-79.39,4")
    assert circle.contains(Point(-79.39, 43.68))
    assert circle.bounds == pytest.approx((-79.4396, 43.644, -79.3404, 43.716), abs=1e-3)
    for wrong in ("43.68,-79.39", "a,b,c", "120,0,1", "0,179.99,40"):
        with pytest.raises(ground.BadGround, match="--circle"):
            ground.of_circle(wrong)
    for wrong in ("-79.4,43.6,-79.5,43.7", "1,2,3", ""):
        with pytest.raises(ground.BadGround, match="--bbox"):
            ground.of_box(wrong)


def test_a_district_is_begun_checked_and_listed_from_the_command_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    begun = RUN.invoke(app, ["district", "add", "north", "--circle", "43.68,-79.39,4", "--group", "river"])
    assert begun.exit_code == 0, begun.output
    assert "crossbeat apply" in begun.output
    assert RUN.invoke(app, ["district", "check"]).exit_code == 0
    again = RUN.invoke(app, ["district", "add", "north", "--circle", "43.68,-79.39,4"])
    assert (again.exit_code, "exists" in again.stderr) == (1, True)
    groundless = RUN.invoke(app, ["district", "add", "south"])
    assert (groundless.exit_code, "give its ground" in groundless.stderr) == (1, True)
    (tmp_path / "connectors/districts/north/incidents.toml").write_text("title = 1")
    wrong = RUN.invoke(app, ["district", "check"])
    assert (wrong.exit_code, "incidents.toml" in wrong.output) == (1, True)
    assert RUN.invoke(app, ["district", "check", "nobody"]).exit_code == 1
    monkeypatch.setenv("CROSSBEAT_DATA_DIR", str(tmp_path / "data"))
    assert "no district takes part" in RUN.invoke(app, ["district", "list"]).output
    from streams import districts, settings

    settings.load.cache_clear()
    districts.join(Settings(data_dir=tmp_path / "data").districts, "east", "East", AREA)
    listed = json.loads(RUN.invoke(app, ["district", "list", "--json"]).output)
    assert [(one["name"], one["number"]) for one in listed] == [("east", 0)]
