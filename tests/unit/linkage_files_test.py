"""What files of crimes linkage reads, and which it refuses with what words."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from jobs.linkage.crimes import NotCrimes, read
from jobs.linkage.features import Pairs, measure, pairs_of

HEAD = "crime_id,x_m,y_m,dt_from,dt_to,how\n"


def both(folder: Path, crimes: str, series: str = "crime_id,series_id\n") -> tuple[Path, Path]:
    one, other = folder / "crimes.csv", folder / "series.csv"
    one.write_text(HEAD + crimes)
    other.write_text(series)
    return one, other


def test_a_date_is_the_whole_day_and_one_end_stands_for_both(tmp_path: Path) -> None:
    crimes = read(*both(tmp_path, "a,0,0,1970-01-02,,x\nb,0,0,,1970-01-03T12:00:00,x\nc,0,0,,,x\n"))
    assert crimes.start[:2].tolist() == [1.0, 2.5]
    assert crimes.end[:2].tolist() == [2.0, 2.5]
    assert np.isnan([crimes.start[2], crimes.end[2]]).all()


def test_a_window_with_its_ends_swapped_is_put_right(tmp_path: Path) -> None:
    crimes = read(*both(tmp_path, "a,0,0,1970-01-03T00:00:00,1970-01-02T00:00:00,x\n"))
    assert (crimes.start[0], crimes.end[0]) == (1.0, 2.0)


def test_what_is_missing_or_unknown_says_nothing(tmp_path: Path) -> None:
    crimes = read(*both(tmp_path, "a,,0,1970-01-02,,Unknown\nb,0,0,1970-01-02,,\nc,5,0,1970-01-02,, x \n"))
    assert crimes.done["how"].tolist() == ["", "", "x"]
    found = measure(crimes, pairs_of(crimes), ("metres", "nearer"))
    assert np.isnan(found["metres"]).tolist() == [True, True, False]
    assert np.isnan(found["nearer"]).tolist() == [True, True, False]


def test_a_crime_of_two_series_joins_their_groups(tmp_path: Path) -> None:
    rows = "".join(f"{name},0,0,1970-01-02,,x\n" for name in "abcd")
    crimes = read(*both(tmp_path, rows, "crime_id,series_id\na,S\nb,S\nb,T\nc,T\nd,\nelsewhere,S\n"))
    groups = crimes.groups()
    assert len(set(groups[:3])) == 1
    assert groups[3] != groups[0]
    pairs = pairs_of(crimes)
    linked = {(crimes.ids[a], crimes.ids[b]) for a, b in zip(pairs.one, pairs.other, strict=True)}
    assert len(linked) == 6
    assert crimes.linked(pairs.one, pairs.other).sum() == 2


@pytest.mark.parametrize(
    ("rows", "said"),
    [
        ("a,north,0,1970-01-02,,x\n", "not a number of metres"),
        ("a,0,0,yesterday,,x\n", "not a time such as"),
        ("a,0,0,1970-01-02,,x\na,0,0,1970-01-02,,x\n", "comes twice"),
    ],
)
def test_a_bad_value_is_named(tmp_path: Path, rows: str, said: str) -> None:
    with pytest.raises(NotCrimes, match=said):
        read(*both(tmp_path, rows))


def test_a_missing_column_is_named(tmp_path: Path) -> None:
    one, other = both(tmp_path, "")
    other.write_text("crime,series\n")
    with pytest.raises(NotCrimes, match="no column crime_id, series_id"):
        read(one, other)


def test_hours_go_round_the_clock(tmp_path: Path) -> None:
    rows = "a,0,0,1970-01-02T23:00:00,,x\nb,3,4,1970-01-05T01:00:00,,x\n"
    crimes = read(*both(tmp_path, rows))
    found = measure(crimes, Pairs(np.array([0]), np.array([1])), ("metres", "days", "hours"))
    assert found["metres"][0] == 5
    assert found["days"][0] == pytest.approx(50 / 24)
    assert found["hours"][0] == pytest.approx(2)
