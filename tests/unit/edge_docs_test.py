"""docs/districts.md is what a newcomer writes a mapping from: its examples work, and it leaves no key out."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest
from edge_maps import map_file
from shapely.geometry import box, mapping

from connectors.mapping import load
from connectors.mapping.field_spec import FieldFrom
from connectors.mapping.fields import METRES
from connectors.mapping.spec import (
    DistrictFrom,
    Districts,
    Grading,
    Identity,
    Input,
    Place,
    Release,
    Source,
    Spec,
    Times,
)
from streams.settings import Settings

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "districts.md").read_text()


def blocks(kind: str) -> list[str]:
    found = re.findall(rf"^( *)```{kind}\n(.*?)^ *```", PAGE, re.DOTALL | re.MULTILINE)
    return ["\n".join(line.removeprefix(indent) for line in body.splitlines()) + "\n" for indent, body in found]


def test_the_ten_minutes_work_as_they_stand(tmp_path: Path) -> None:
    (tmp_path / "march.csv").write_text(blocks("csv")[0])
    (tmp_path / "north.toml").write_text(blocks("toml")[0])
    records, rejected = map_file(load(tmp_path / "north.toml"), tmp_path / "march.csv")
    assert rejected == []
    assert [record["record_id"] for record in records] == ["north:2024-00731", "north:2024-00732"]
    assert [record["location_category"] for record in records] == ["residence", "street"]


def test_every_example_is_allowed() -> None:
    sections = {name: field for name, field in Spec.model_fields.items()}
    for block in blocks("toml"):
        for section, body in tomllib.loads(block).items():
            assert section in sections
            kind = {"district": DistrictFrom, "id": Identity, "time": Times, "place": Place, "source": Source}.get(
                section
            )
            if kind is not None:
                kind.model_validate(body)
            if section == "fields":
                for name in body:
                    FieldFrom.model_validate(body[name])
            if section == "source":
                Source.model_validate(body)


def test_whole_mappings_of_the_page_can_be_read(tmp_path: Path) -> None:
    whole = [block for block in blocks("toml") if block.startswith("title")]
    for block in whole:
        (tmp_path / "m.toml").write_text(block)
        assert load(tmp_path / "m.toml").districts == {"north": "north"}
    assert len(whole) == 2


def test_the_address_of_the_page_is_a_setting() -> None:
    assert "CROSSBEAT_SOURCES__RMS" in PAGE
    assert "sources" in Settings.model_fields


@pytest.mark.parametrize(
    "model", [Spec, Input, Districts, DistrictFrom, Identity, Times, Place, FieldFrom, Grading, Release, Source]
)
def test_every_key_is_explained(model: type[Spec]) -> None:
    for key in model.model_fields:
        assert re.search(rf"`{key}|[\[.]{key}|^{key} = ", PAGE, re.MULTILINE), (
            f"{model.__name__}.{key} is not in the page"
        )


def test_every_unit_is_named() -> None:
    assert all(f"`{unit}`" in PAGE for unit in METRES)


@pytest.mark.parametrize("path", sorted((ROOT / "connectors" / "districts").glob("*.toml")), ids=lambda path: path.stem)
def test_the_mappings_that_ship_can_be_read(path: Path, tmp_path: Path) -> None:
    spec = tomllib.loads(path.read_text()).get("districts")
    if spec is None:
        assert load(path).districts, "its one district"
        return
    # Outlines are the city's own and do not ship: squares in their place, named as the mapping expects.
    outlines = [
        {
            "type": "Feature",
            "properties": {spec["property"]: name, spec.get("title_property", "title"): name},
            "geometry": mapping(box(number, 0, number + 1, 1)),
        }
        for number, name in enumerate(spec["names"])
    ]
    areas = tmp_path / f"{path.stem}.geojson"
    areas.write_text(json.dumps({"type": "FeatureCollection", "features": outlines}))
    assert set(load(path, areas).districts) == set(spec["names"].values())
