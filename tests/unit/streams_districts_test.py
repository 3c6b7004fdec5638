"""Joining, numbering and noticing districts."""

from __future__ import annotations

from multiprocessing import Pool
from pathlib import Path

import pytest
from shapely.geometry import Point, box

from streams.districts import BadDistrict, District, Roster, join, load_all

AREA = box(-79.5, 43.6, -79.4, 43.7)


def test_districts_are_numbered_as_they_join_and_keep_their_number(tmp_path: Path) -> None:
    assert join(tmp_path, "north", 'The "North" é', AREA).number == 0
    assert join(tmp_path, "south", "South", None).number == 1
    assert join(tmp_path, "north", "North again", None).number == 0
    assert load_all(tmp_path) == {
        "north": District("north", "North again", 0, None),
        "south": District("south", "South", 1, None),
    }


def test_what_was_written_is_read_again(tmp_path: Path) -> None:
    joined = join(tmp_path, "north", 'a "quoted" \\ title é', AREA)
    assert load_all(tmp_path)["north"] == joined


def test_joining_again_writes_nothing(tmp_path: Path) -> None:
    join(tmp_path, "north", "North", AREA)
    before = tmp_path.stat().st_mtime_ns
    join(tmp_path, "north", "North", AREA)
    assert tmp_path.stat().st_mtime_ns == before


@pytest.mark.parametrize("name", ["", "a", "North", "9th", "a" * 32, "a.b", "a_b", "../x", "shared", "to", "all"])
def test_a_name_that_cannot_name_a_topic_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadDistrict):
        join(tmp_path, name, "x", None)


def test_an_area_that_is_none_is_refused(tmp_path: Path) -> None:
    for area in (Point(0, 0), box(0, 0, 500_000, 4_000_000)):
        with pytest.raises(BadDistrict):
            join(tmp_path, "north", "North", area)


def test_a_broken_file_says_which(tmp_path: Path) -> None:
    (tmp_path / "north.toml").write_text("name = 'north'\n")
    with pytest.raises(BadDistrict, match=r"north\.toml"):
        load_all(tmp_path)


def test_a_roster_notices_who_joins(tmp_path: Path) -> None:
    roster = Roster(tmp_path / "districts")
    assert roster.districts == {}
    join(roster.folder, "north", "North", AREA)
    assert roster.refresh()
    assert not roster.refresh()
    assert list(roster.districts) == ["north"]


def _join(args: tuple[Path, str]) -> int:
    return join(args[0], args[1], "x", None).number


def test_many_may_join_at_once(tmp_path: Path) -> None:
    with Pool(4) as pool:
        numbers = pool.map(_join, [(tmp_path, f"district-{index % 10}") for index in range(40)])
    assert sorted(set(numbers)) == list(range(10))
    assert len(load_all(tmp_path)) == 10
