"""What files change of districts and agreements, and what of it is unsafe."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from shapely.geometry import box

from infra.districts import compare, show
from infra.districts.change import Change
from infra.districts.files import Files, Written
from streams.agreements import Agreement
from streams.district_file import DistrictFile, Quota, ReleaseDefaults
from streams.districts import District

AREA = box(-79.5, 43.6, -79.4, 43.7)
RELEASE = ReleaseDefaults(to=("south",), purposes=("prevention",), expires_after_days=30)
SAID = DistrictFile(
    name="north", title="North", groups=("river",), purposes=("prevention",), retention={"patrol": 9}, release=RELEASE
)
LIVE = District.of(SAID, 3, AREA, managed=True)


def written(area: Any = AREA, **changes: Any) -> Written:
    return Written(SAID.model_copy(update=changes), area, Path("north"))


def found(live: dict[str, District], files: dict[str, Written] | None) -> list[Change]:
    return list(compare.districts(live, Files(files, None)))


def only(one: Written) -> Change:
    (change,) = found({"north": LIVE}, {"north": one})
    return change


def test_what_is_so_already_is_no_change() -> None:
    assert found({"north": LIVE}, {"north": written()}) == []
    assert found({"north": LIVE}, {"north": written(number=3)}) == []
    assert found({"north": LIVE}, None) == []


def test_a_new_district_is_introduced() -> None:
    (change,) = found({}, {"north": written()})
    assert (change.action, change.kind, change.name, change.unsafe) == ("add", "district", "north", "")
    assert change.words == "North, 90 km², in river, receives alert, retraction"


def test_one_that_a_mapping_let_in_stays_without_a_file_and_one_of_a_file_goes_with_it() -> None:
    trial = replace(LIVE, name="trial", managed=False)
    assert [
        (change.action, change.name, bool(change.unsafe)) for change in found({"north": LIVE, "trial": trial}, {})
    ] == [("remove", "north", True)]
    assert set(compare.future({"north": LIVE, "trial": trial}, Files({}, None))) == {"trial"}
    taken_over = found({"north": replace(LIVE, managed=False)}, {"north": written()})
    assert [change.words for change in taken_over] == ["has a file from now on"]


@pytest.mark.parametrize(
    ("changes", "words", "unsafe"),
    [
        ({"title": "N"}, "title North → N", ""),
        ({"groups": ()}, "groups river → none", ""),
        ({"groups": ("lake", "river")}, "groups river → lake, river", "see what is released to group:lake"),
        ({"purposes": ("planning", "prevention")}, "purposes prevention → planning, prevention", "also for planning"),
        (
            {"retention": {"patrol": 8}},
            "retention patrol 9 → patrol 8",
            "its patrol records older than 8 days are deleted",
        ),
        ({"retention": {"patrol": 10}}, "retention patrol 9 → patrol 10", ""),
        ({"retention": {}}, "retention patrol 9 → none", ""),
        (
            {"retention": {"incident": 9, "patrol": 9}},
            "incident 9",
            "its incident records older than 9 days are deleted",
        ),
        ({"quota": Quota(request_percent=50)}, "request_percent 50.0", ""),
        ({"release": RELEASE.model_copy(update={"to": ("all",)})}, "to all", "released more widely"),
        ({"release": RELEASE.model_copy(update={"expires_after_days": None})}, "release", "released more widely"),
        ({"release": RELEASE.model_copy(update={"expires_after_days": 9})}, "release", ""),
        ({"release": None}, "→ none", ""),
        ({"number": 4}, "number 3 → 4", "another partition"),
    ],
)
def test_each_key_that_differs_is_told_and_what_is_unsafe_is_marked(
    changes: dict[str, Any], words: str, unsafe: str
) -> None:
    change = only(written(**changes))
    assert change.action == "change"
    assert words in change.words
    assert unsafe in change.unsafe
    assert bool(unsafe) == bool(change.unsafe)


def test_a_border_that_moves_is_unsafe_and_ground_for_one_that_had_none_is_not() -> None:
    moved = only(written(area=box(-79.5, 43.6, -79.39, 43.7)))
    assert moved.words == "area moves by 8.96 km²"
    assert "border moves" in moved.unsafe
    (given,) = found({"north": replace(LIVE, area=None)}, {"north": written()})
    assert (given.words, given.unsafe) == ("area is given", "")
    assert only(written(area=None)).unsafe


def test_numbers_of_those_that_will_take_part() -> None:
    files = Files({"north": written(), "south": written(name="south"), "east": written(name="east", number=9)}, None)
    assert {name: one.number for name, one in compare.future({"north": LIVE}, files).items()} == {
        "north": 3,
        "south": 4,
        "east": 9,
    }


AGREED = {
    "title": "x",
    "parties": ["north", "south"],
    "records": ["incident"],
    "purposes": ["prevention"],
    "retention_days": 30,
    "from": date(2026, 1, 1),
    "to": date(2026, 12, 31),
}
AGREEMENT = Agreement.model_validate(AGREED)


def agreed(live: dict[str, Agreement], files: dict[str, Agreement] | None) -> list[Change]:
    return list(compare.agreements(live, Files(None, files)))


def test_the_first_agreement_says_what_it_means_for_all() -> None:
    (first,) = agreed({}, {"a": AGREEMENT})
    assert first.words.startswith("north, south share incident for prevention until 2026-12-31; from now on only what")
    (second,) = agreed({"a": AGREEMENT}, {"a": AGREEMENT, "b": AGREEMENT})
    assert (second.name, "from now on" in second.words, second.unsafe) == ("b", False, "")


def test_taking_the_last_agreement_away_is_unsafe() -> None:
    both = {"a": AGREEMENT, "b": AGREEMENT}
    assert [bool(change.unsafe) for change in agreed(both, {"a": AGREEMENT})] == [False]
    assert [bool(change.unsafe) for change in agreed(both, {})] == [True, True]
    assert agreed(both, None) == []


@pytest.mark.parametrize(
    ("changes", "unsafe"),
    [
        ({"parties": ["north", "south", "west"]}, "covers more parties: west"),
        ({"records": ["incident", "patrol"]}, "covers more records: patrol"),
        ({"purposes": ["planning", "prevention"]}, "covers more purposes: planning"),
        ({"from": date(2025, 1, 1)}, "begins earlier"),
        ({"to": None}, "ends later"),
        ({"retention_days": 31}, "kept longer"),
        ({"retention_days": None}, "kept longer"),
        ({"parties": ["north"], "retention_days": 29, "from": date(2026, 2, 1), "to": date(2026, 3, 1)}, ""),
    ],
)
def test_an_agreement_that_widens_is_unsafe(changes: dict[str, Any], unsafe: str) -> None:
    (change,) = agreed({"a": AGREEMENT}, {"a": Agreement.model_validate(AGREED | changes)})
    assert unsafe in change.unsafe
    assert bool(unsafe) == bool(change.unsafe)
    if changes != {"retention_days": None}:
        # Back again is the other way round. With days or without, something may be kept longer than before.
        (back,) = agreed({"a": Agreement.model_validate(AGREED | changes)}, {"a": AGREEMENT})
        assert bool(back.unsafe) != bool(unsafe)


def test_a_plan_is_summed_up_and_alike_rows_are_folded() -> None:
    changes = [Change("add", "topic", f"north.{number}.v1", "is missing") for number in range(9)]
    changes.append(Change("remove", "district", "south", "its file is gone", "it leaves"))
    assert show.summary(changes) == "9 to add, 0 to change, 1 to remove; 1 of them unsafe"
    assert show.table(changes).row_count == 2
    assert len(show.as_json(changes)) == 10
