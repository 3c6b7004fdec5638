"""Joining, numbering and noticing districts."""

from __future__ import annotations

from multiprocessing import get_context
from pathlib import Path

import pytest
from shapely.geometry import Point, box

from streams.district_file import DistrictFile, Quota, ReleaseDefaults
from streams.districts import BadDistrict, District, Roster, join, load_all, put, remove

AREA = box(-79.5, 43.6, -79.4, 43.7)
WHOLE = DistrictFile(
    name="north",
    title="North",
    languages=("en", "fr-CA"),
    contacts={"control_room": "control@north.example"},
    groups=("river", "lake"),
    purposes=("statistics", "prevention"),
    receives=("alert", "incident"),
    retention={"incident": 30, "patrol": 7},
    release=ReleaseDefaults(to=("south", "group:river"), purposes=("prevention",), expires_after_days=365),
    quota=Quota(publish_bytes_per_s=1_000_000),
    mappings=("march.toml",),
)


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


def test_all_that_a_district_says_of_itself_is_kept(tmp_path: Path) -> None:
    said = put(tmp_path, WHOLE, AREA)
    assert load_all(tmp_path)["north"] == said
    assert said.file == WHOLE
    assert (said.groups, said.purposes, said.retention["patrol"]) == (
        ("lake", "river"),
        ("prevention", "statistics"),
        7,
    )
    # A quick trial renews title and area, and takes nothing else away.
    again = join(tmp_path, "north", "North again", None)
    assert (again.title, again.area, again.groups, again.release) == ("North again", None, said.groups, said.release)
    assert load_all(tmp_path)["north"] == again


def test_a_district_that_says_no_more_than_its_name_gets_the_defaults(tmp_path: Path) -> None:
    plain = join(tmp_path, "south", "South", None)
    assert plain.receives == ("alert", "retraction")
    assert {"prevention", "planning"} <= set(plain.purposes)
    assert (tmp_path / "south.toml").read_text().splitlines() == ['name = "south"', 'title = "South"', "number = 0"]


def test_a_number_is_never_given_to_another(tmp_path: Path) -> None:
    for name in ("north", "south"):
        join(tmp_path, name, name, AREA)
    remove(tmp_path, "south")
    assert list(load_all(tmp_path)) == ["north"]
    assert join(tmp_path, "east", "East", None).number == 2
    assert join(tmp_path, "south", "South", None).number == 1
    with pytest.raises(BadDistrict, match="does not take part"):
        remove(tmp_path, "west")


def test_a_number_may_be_brought_along_but_not_taken(tmp_path: Path) -> None:
    join(tmp_path, "south", "South", None)
    assert put(tmp_path, WHOLE.model_copy(update={"number": 7}), AREA).number == 7
    assert put(tmp_path, WHOLE, AREA).number == 7
    assert join(tmp_path, "east", "East", None).number == 8
    with pytest.raises(BadDistrict, match="number 0 is south's"):
        put(tmp_path, WHOLE.model_copy(update={"number": 0}), AREA)


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ('recieves = ["alert"]', r'north\.toml:4: recieves: unknown key; did you mean "receives"\?'),
        ('[release]\nto = ["all"]\npurposs = []', r'north\.toml:6: release\.purposs: .* mean "purposes"'),
        ('receives = ["allert"]', r'receives: "allert" is no record type that is delivered; did you mean "alert"'),
        ("[retention]\nincident = 9999", r"retention: incident is 9999 days: give 1 to 1826"),
        ("[retention]\nincidents = 9", r'"incidents" is no record type .* mean "incident"'),
        ('[contacts]\ncontrol = "x"', r'contacts: "control" is no role; did you mean "control_room"'),
        ('purposes = ["anything"]', r'purposes: "anything" is no purpose'),
        ('groups = ["River"]', r'groups: group "River": use 2 to 31'),
        ('languages = ["English"]', r'languages: "English" is no language tag'),
        ("[quota]\npublish_bytes_per_s = 1", r"quota\.publish_bytes_per_s: .* 1024"),
        ('[release]\nto = ["Group:x"]\npurposes = ["prevention"]', r'release\.to: "Group:x" names nobody'),
    ],
)
def test_a_mistake_is_named_with_file_line_and_key(tmp_path: Path, line: str, message: str) -> None:
    text = 'name = "north"\ntitle = "North"\nnumber = 0\n' + line + "\n"
    (tmp_path / "north.toml").write_text(text)
    with pytest.raises(BadDistrict, match=message):
        load_all(tmp_path)


def test_a_roster_notices_what_a_district_changes_or_that_it_left(tmp_path: Path) -> None:
    put(tmp_path, WHOLE, AREA)
    roster = Roster(tmp_path)
    for change in ({"groups": ("river",)}, {"purposes": ("planning",)}, {"retention": {}}, {"contacts": {}}):
        put(tmp_path, WHOLE.model_copy(update=change), AREA)
        assert roster.refresh()
    remove(tmp_path, "north")
    assert roster.refresh()
    assert roster.districts == {}


def _join(args: tuple[Path, str]) -> int:
    return join(args[0], args[1], "x", None).number


def test_many_may_join_at_once(tmp_path: Path) -> None:
    # New processes, not forked ones: a fork of a process with threads may wait for a lock that none of them has.
    with get_context("spawn").Pool(4) as pool:
        numbers = pool.map(_join, [(tmp_path, f"district-{index % 10}") for index in range(40)])
    assert sorted(set(numbers)) == list(range(10))
    assert len(load_all(tmp_path)) == 10
