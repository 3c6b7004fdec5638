"""A mapping that is wrong says where, what, and what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pytest
from edge_maps import PLAIN, mapping

from connectors.mapping import MappingError


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('lat = "lat"', 'lta = "lat"', 'mapping.toml:14: place.lta: unknown key; did you mean "lat"?'),
        ("[release]", "[relese]", 'relese: unknown key; did you mean "release"?'),
        ('codes = { "B&E"', 'code = { "B&E"', 'fields.offence.code: unknown key; did you mean "codes"?'),
        ("[fields.offence]", "[fields.offense]", 'incident has no such field to fill here; did you mean "offence"?'),
        ('"Rob" = "robbery"', '"Rob" = "robery"', '"robery" is not in the code list offence; did you mean "robbery"?'),
        ('zone = "America/Toronto"', 'zone = "America/Tornto"', 'no time zone; did you mean "America/Toronto"?'),
        ('lat = "lat"\nlon = "lon"', 'x = "lon"\ny = "lat"\nepsg = 1', "there is no EPSG:1"),
        ('lat = "lat"\n', "", "place: give either lat and lon, or x, y and epsg"),
        ('fixed = "north"', 'fixed = "North"', "district name 'North'"),
        ('fixed = "north"', "by_point = true", "district.by_point: needs areas"),
        ('template = "{district}:{number}"', 'template = "{district}"', "template names no column"),
        (
            'template = "{district}:{number}"',
            'template = "{number}"',
            "id.template: must begin with the district and a",
        ),
        ('to = ["all"]\n', "", "release.to: is missing"),
        ("title", "title title", "not TOML"),
    ],
)
def test_mistakes_are_named(tmp_path: Path, old: str, new: str, said: str) -> None:
    assert old in PLAIN
    with pytest.raises(MappingError) as caught:
        mapping(tmp_path, PLAIN.replace(old, new, 1))
    assert said in str(caught.value)


def test_all_mistakes_are_told_at_once(tmp_path: Path) -> None:
    with pytest.raises(MappingError) as caught:
        mapping(tmp_path, PLAIN.replace('lat = "lat"', 'lta = "lat"').replace('zone = "America/Toronto"\n', ""))
    assert "place.lta" in str(caught.value)
    assert "time.zone: is missing" in str(caught.value)


def test_the_sum_changes_with_the_areas(tmp_path: Path) -> None:
    from edge_maps import squares

    districts = 'areas = "a.geojson"\nproperty = "area"'
    squares(tmp_path / "a.geojson", north=(0, 0, 1, 1))
    before = mapping(tmp_path, districts=districts).sha256
    assert mapping(tmp_path, districts=districts).sha256 == before
    squares(tmp_path / "a.geojson", north=(0, 0, 1, 2))
    assert mapping(tmp_path, districts=districts).sha256 != before


def test_areas_that_do_not_fit_say_so(tmp_path: Path) -> None:
    from edge_maps import squares

    squares(tmp_path / "a.geojson", north=(0, 0, 1, 1))
    with pytest.raises(MappingError, match=r'has no property .*; did you mean "area"'):
        mapping(tmp_path, districts='areas = "a.geojson"\nproperty = "aera"')
