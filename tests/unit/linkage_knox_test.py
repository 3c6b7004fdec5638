"""Near repeats: counts against all pairs one by one, conventions at the edges of bands, and borders."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from infra.cli import app
from jobs.linkage.events import NotEvents, read
from jobs.linkage.knox import DAYS, METRES, Events, borders, knox


def events(points: list[tuple[float, float, float]], districts: list[str] | None = None) -> Events:
    x, y, day = (np.array(column, float) for column in zip(*points, strict=True))
    return Events(x, y, day, np.array(districts or [""] * len(points), dtype=object))


@given(
    st.lists(st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(0, 40)), min_size=2, max_size=30),
    st.booleans(),
)
def test_counts_are_those_of_all_pairs_one_by_one(points: list[tuple[int, int, int]], straight: bool) -> None:
    counts = np.zeros((len(METRES), len(DAYS)), np.int64)
    for (x, y, day), (u, v, when) in itertools.combinations(points, 2):
        apart = np.hypot(x - u, y - v) if straight else abs(x - u) + abs(y - v)
        row = max(n for n, begin in enumerate(METRES) if begin <= apart)
        column = max(n for n, begin in enumerate(DAYS) if begin <= abs(day - when))
        counts[row, column] += 1
    found = knox(events([(float(x), float(y), float(day)) for x, y, day in points]), runs=1, straight=straight)
    assert found.observed.tolist() == counts.tolist()


def test_bands_include_where_they_begin() -> None:
    at = {0.0: 0, 0.9: 0, 1.0: 1, 99.9: 1, 100.0: 2, 299.9: 3, 300.0: 4}
    for metres, row in at.items():
        assert knox(events([(0, 0, 0), (metres, 0, 7)]), runs=1).observed[row, 1] == 1
    assert knox(events([(0, 0, 0), (60, 50, 6)]), runs=1).observed[2, 0] == 1  # along the axes, not straight


def test_near_repeats_are_hot_and_chance_is_not() -> None:
    rng = np.random.default_rng(5)
    first = [(float(x), float(y), float(d)) for x, y, d in rng.uniform(0, [20_000, 20_000, 300], (150, 3)).round()]
    again = [(x + 30, y, day + 3) for x, y, day in first]
    found = knox(events(first + again))
    assert found.hot[1, 0]
    assert found.ratio[1, 0] > 5
    # Each permutation keeps the number of pairs, so what is expected adds up to it too.
    assert found.expected.sum() == pytest.approx(found.observed.sum())
    dealt = [(x, y, float(day)) for (x, y, _), day in zip(first + again, rng.permutation(300), strict=True)]
    assert not knox(events(dealt)).hot[1, 0]


def test_a_border_with_pairs_close_in_time_is_hotter_than_chance() -> None:
    rng = np.random.default_rng(6)
    points, districts = [], []
    for number in range(200):
        hot = number < 100
        x, y, day = (0.0 if hot else 50_000.0), rng.uniform(0, 30_000), rng.uniform(0, 300)
        after = day + 2 if hot else rng.uniform(0, 300)
        points += [(x, y, day), (x + 100, y, after)]
        districts += ["east", "west"] if hot else ["north", "south"]
    found = {border.districts: border for border in borders(events(points, districts))}
    assert found["east", "west"].hot
    assert found["east", "west"].observed >= 100
    assert not found["north", "south"].hot
    assert set(found) == {("east", "west"), ("north", "south")}


def test_the_same_seed_gives_the_same_chance() -> None:
    rng = np.random.default_rng(8)
    some = events([tuple(row) for row in rng.uniform(0, 500, (40, 3)).tolist()])
    assert knox(some, seed=3).expected.tolist() == knox(some, seed=3).expected.tolist()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("plain.csv", "0,0,2020-01-01\n50,0,2020-01-03\n"),
        ("named.csv", "date,x_m,y_m\n2020-01-01T10:00:00,0,0\n2020-01-03,50,0\n2020-01-03,,0\n"),
        ("degrees.csv", "occurred_from,lat,lon,district\n2020-01-01,0,0,a\n2020-01-03,0,0.00045,b\n"),
        (
            "records.jsonl",
            '{"record_id": "a", "lat": 0, "lon": 0, "occurred_from": 0, "district": "a"}\n'
            '{"record_id": "b", "lat": 0, "lon": 0.00045, "occurred_from": 172800000, "district": "b"}\n',
        ),
    ],
)
def test_files_of_each_form_are_read(tmp_path: Path, name: str, text: str) -> None:
    path = tmp_path / name
    path.write_text(text)
    assert knox(read(path), runs=1).observed[1, 0] == 1
    asked = CliRunner().invoke(app, ["evaluate", "near-repeat", "--file", str(path)])
    assert asked.exit_code == 0, asked.output
    assert "same place" in asked.stdout
    assert ("a / b" in asked.stdout) == ("district" in text)


def test_a_file_without_dates_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "no.csv"
    path.write_text("x_m,y_m\n0,0\n")
    with pytest.raises(NotEvents, match="and a date"):
        read(path)
