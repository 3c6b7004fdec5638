"""Cells and boxes of the join, in Java, against distances in numpy: every near pair meets in exactly one cell."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from jobs.patterns.linked_incidents.reference import EARTH_RADIUS_M, haversine_m
from streams import settings
from tests.unit import java_check

CHECKS = [Path(__file__).parent / "java" / name for name in ("GridCheck.java", "BoxCheck.java")]
REACH_M = 400.0
Points = NDArray[np.float64]


@pytest.fixture(scope="module")
def jar() -> Path:
    parts.ensure(FLINK_JARS)
    return compiler.jar(settings.load(), CHECKS)


def cells(jar: Path, cell_m: float, points: Points, *more: str) -> list[list[int]]:
    lines = "\n".join(f"{lat!r} {lon!r}" for lat, lon in points.tolist())
    answer = java_check.run(jar, "GridCheck", cell_m, REACH_M, *more, given=lines)
    return [[int(cell) for cell in line.split()] for line in answer.splitlines()]


def somewhere(random: np.random.Generator, count: int) -> Points:
    """Points all over the globe, a third of them close to a pole, a third to the 180th meridian, and its corners."""
    lat = np.degrees(np.arcsin(random.uniform(-1, 1, count)))
    lon = random.uniform(-180, 180, count)
    third = count // 3
    lat[:third] = np.where(random.random(third) < 0.5, 1, -1) * (90 - random.exponential(0.01, third))
    near = random.exponential(0.01, third)
    lon[third : 2 * third] = np.where(random.random(third) < 0.5, -180 + near, 180 - near)
    corners = [(90, 0), (-90, 0), (90, 180), (-90, -180), (0, 180), (0, -180), (0, 0), (89.9999, -180), (-89.9999, 180)]
    return np.concatenate([np.array(corners, float), np.column_stack([np.clip(lat, -90, 90), lon])])


def beside(random: np.random.Generator, points: Points) -> Points:
    """For each point another, at a distance that is most often just within or just beyond the reach."""
    phi, theta = np.radians(points.T)
    metres = REACH_M * np.where(
        random.random(len(points)) < 0.7, random.normal(1, 1e-4, len(points)), random.random(len(points))
    )
    delta, bearing = metres / EARTH_RADIUS_M, random.uniform(0, 2 * np.pi, len(points))
    lat = np.arcsin(np.clip(np.sin(phi) * np.cos(delta) + np.cos(phi) * np.sin(delta) * np.cos(bearing), -1, 1))
    east = np.arctan2(np.sin(bearing) * np.sin(delta) * np.cos(phi), np.cos(delta) - np.sin(phi) * np.sin(lat))
    lon = np.degrees(theta + east)
    return np.column_stack([np.degrees(lat), (lon + 180) % 360 - 180])


@pytest.mark.parametrize("cell_m", [400.0, 3200.0, 250_000.0])
def test_every_near_pair_meets_in_one_cell(jar: Path, cell_m: float) -> None:
    random = np.random.default_rng(round(cell_m))
    ones = somewhere(random, 15_000)
    others = beside(random, ones)
    near = haversine_m(ones[:, 0], ones[:, 1], others[:, 0], others[:, 1]) <= REACH_M
    assert 0.3 < near.mean() < 0.9
    found = cells(jar, cell_m, np.concatenate([ones, others]))
    for index in range(len(ones)):
        one, other = found[index], found[index + len(ones)]
        assert len(one) == len(set(one)) and max(one) == one[0], ones[index]
        meeting = [cell for cell in one if cell in other and cell in (one[0], other[0])]
        assert len(meeting) <= 1, (ones[index], others[index])
        if near[index]:
            assert meeting == [min(one[0], other[0])], (ones[index], others[index])


@pytest.mark.parametrize("cell_m", [400.0, 250_000.0])
def test_all_that_is_near_lies_at_home_around(jar: Path, cell_m: float) -> None:
    random = np.random.default_rng(7)
    ones = somewhere(random, 6_000)
    others = beside(random, ones)
    near = haversine_m(ones[:, 0], ones[:, 1], others[:, 0], others[:, 1]) <= REACH_M
    assert near.any()
    homes = [found[0] for found in cells(jar, cell_m, others)]
    for index, around in enumerate(cells(jar, cell_m, ones, "around")):
        assert len(around) == len(set(around)), ones[index]
        assert homes[index] in around or not near[index], (ones[index], others[index])


def test_few_copies_in_a_city(jar: Path) -> None:
    random = np.random.default_rng(5)
    city = np.column_stack([random.uniform(43.6, 43.85, 20_000), random.uniform(-79.6, -79.1, 20_000)])
    copies = np.mean([len(found) for found in cells(jar, 3200.0, city)])
    assert 1.15 < copies < 1.35


def boxes(jar: Path, ones: Points, others: Points) -> NDArray[np.bool_]:
    lines = "\n".join(" ".join(map(repr, pair)) for pair in np.column_stack([ones, others]).tolist())
    return np.array(java_check.run(jar, "BoxCheck", REACH_M, given=lines).split()) == "in"


def test_a_box_holds_all_that_is_near(jar: Path) -> None:
    random = np.random.default_rng(11)
    ones = somewhere(random, 15_000)
    others = beside(random, ones)
    near = haversine_m(ones[:, 0], ones[:, 1], others[:, 0], others[:, 1]) <= REACH_M
    assert 0.3 < near.mean() < 0.9
    held = boxes(jar, ones, others)
    assert held[near].all(), (ones[near & ~held], others[near & ~held])


def test_a_box_is_no_wider_than_the_reach(jar: Path) -> None:
    """In a city, a box of 400 m is 800 m wide and high: of a square of 8 km it holds a hundredth."""
    random = np.random.default_rng(12)
    ones = np.tile([43.65, -79.38], (20_000, 1))
    north, east = np.degrees(4_000 / EARTH_RADIUS_M), np.degrees(4_000 / EARTH_RADIUS_M) / np.cos(np.radians(43.65))
    others = ones + random.uniform(-1, 1, ones.shape) * [north, east]
    assert 0.008 < boxes(jar, ones, others).mean() < 0.012
