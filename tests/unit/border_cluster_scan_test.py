"""The scan statistic in Java against brute force in numpy: every cylinder, the greatest, and what chance makes."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest
from numpy.typing import NDArray

from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import compiler
from jobs.patterns.border_cluster import reference
from jobs.patterns.border_cluster.reference import DAY_MS, Flags, Numbers, ScanSettings
from streams import settings
from tests.unit import java_check

CHECK = Path(__file__).parent / "java" / "ScanCheck.java"
SCAN = ScanSettings()
PERMUTATIONS = 400


class City(NamedTuple):
    """Incidents on both sides of a border: ages in ms before the analysis, places in degrees."""

    age_ms: NDArray[np.int64]
    lat: Numbers
    lon: Numbers
    mine: Flags


class Answer(NamedTuple):
    """What the Java printed."""

    cylinders: int
    ratio: float
    count: int
    expected: float
    greatest: float
    median: float
    seldom: float
    probability: float
    at_most: float
    at_most_of_5: float
    one_in_a_million: float


@pytest.fixture(scope="module")
def jar() -> Path:
    parts.ensure(FLINK_JARS)
    return compiler.jar(settings.load(), [CHECK])


def city(seed: int, background: int, cluster: int) -> City:
    """Crossings of 5 by 5 km with a border through the middle; a cluster of the last two days at the border."""
    rng = np.random.default_rng(seed)
    lat = np.concatenate([rng.integers(0, 40, background) * 0.0011, rng.integers(18, 22, cluster) * 0.0011])
    lon = np.concatenate([rng.integers(0, 40, background) * 0.0015, rng.integers(18, 22, cluster) * 0.0015])
    age = np.concatenate([rng.integers(0, 28 * DAY_MS, background), rng.integers(0, 2 * DAY_MS, cluster)])
    return City(age, 43.65 + lat, -79.4 + lon, lon < 20 * 0.0015)


def java(jar: Path, of: City, seed: int = 1) -> Answer | None:
    words = [" ".join(map(str, SCAN.radii_m)), " ".join(map(str, SCAN.windows_days))]
    first = f"{words[0]} / {words[1]} / {SCAN.incidents} {SCAN.each_side} 28 7 6 365 {PERMUTATIONS} 1.5"
    lines = [
        f"{int(mine)} {age} {lat!r} {lon!r}"
        for age, lat, lon, mine in zip(of.age_ms.tolist(), of.lat.tolist(), of.lon.tolist(), of.mine, strict=True)
    ]
    answer = java_check.run(jar, "crossbeat.cluster.ScanCheck", PERMUTATIONS, seed, given="\n".join([first, *lines]))
    found, *rest = answer.splitlines()
    if not rest:
        return None
    ratio, count, expected, greatest = rest[0].split()
    median, seldom, probability = map(float, rest[1].split())
    statistic = (int(found), float(ratio), int(count), float(expected), float(greatest))
    return Answer(*statistic, median, seldom, probability, *map(float, rest[2].split()))


def apart(of: City) -> Numbers:
    return reference.distances(of.lat, of.lon)


@pytest.mark.parametrize(("seed", "background", "cluster"), [(1, 150, 10), (2, 400, 0), (3, 60, 14), (4, 900, 8)])
def test_every_cylinder_is_counted_as_by_brute_force(jar: Path, seed: int, background: int, cluster: int) -> None:
    made = city(seed, background, cluster)
    expected = reference.cylinders(apart(made), made.age_ms.astype(float), made.mine, SCAN)
    # Brute force centres a cylinder on each incident, the Java on each place: of one place they are the same.
    alike = {(made.lat[one.centre], made.lon[one.centre], one.radius_m, one.days): one for one in expected}
    best = max(alike.values(), key=lambda one: one.ratio)
    answer = java(jar, made)
    assert answer is not None
    assert answer.cylinders == len(alike)
    assert answer.ratio == answer.greatest == pytest.approx(best.ratio, rel=1e-12)
    same = [one for one in alike.values() if one.ratio == pytest.approx(best.ratio, rel=1e-12)]
    assert any(answer.count == one.count and answer.expected == pytest.approx(one.expected) for one in same)


def test_chance_makes_the_same_of_permuted_times(jar: Path) -> None:
    made = city(5, 250, 10)
    by_chance = reference.by_chance(
        apart(made), made.age_ms.astype(float), made.mine, SCAN, replicas=PERMUTATIONS, seed=7
    )
    location, scale = reference.gumbel(by_chance)
    answer = java(jar, made)
    assert answer is not None
    # Two samples of 400: their quantiles differ by chance, by a tenth or so.
    assert answer.median == pytest.approx(location - scale * np.log(np.log(2)), rel=0.15)
    assert answer.seldom == pytest.approx(location - scale * np.log(-np.log1p(-0.01)), rel=0.15)
    assert answer.probability < 0.001


@pytest.mark.parametrize(("seed", "background", "cluster"), [(1, 150, 10), (3, 60, 8), (4, 900, 8)])
def test_the_exact_tails_are_those_of_whole_numbers(jar: Path, seed: int, background: int, cluster: int) -> None:
    made = city(seed, background, cluster)
    answer = java(jar, made)
    assert answer is not None

    def at_most(ratio: float) -> float:
        return reference.at_most(apart(made), made.age_ms.astype(float), SCAN, ratio)

    assert answer.at_most == pytest.approx(at_most(answer.ratio), rel=1e-9)
    assert answer.at_most_of_5 == pytest.approx(at_most(5.0), rel=1e-9)
    assert at_most(answer.one_in_a_million) <= 1e-6 < at_most(answer.one_in_a_million - 1.1e-3)
    assert answer.probability <= answer.at_most


def test_chance_reaches_nothing_more_often_than_the_exact_tails_say() -> None:
    made = city(11, 60, 0)
    of = apart(made), made.age_ms.astype(float)
    by_chance = reference.by_chance(*of, made.mine, SCAN, replicas=1000, seed=12)
    for ratio in (1.0, 2.0, 3.0):
        share = float((by_chance >= ratio).mean())
        assert 0.002 < share <= reference.at_most(*of, SCAN, ratio)


def test_a_seed_decides_the_permutations(jar: Path) -> None:
    made = city(6, 150, 8)
    assert java(jar, made, seed=3) == java(jar, made, seed=3)
    assert java(jar, made, seed=3) != java(jar, made, seed=4)


def test_a_rise_everywhere_is_no_cluster(jar: Path) -> None:
    made = city(8, 400, 0)
    rise = city(9, 400, 0)
    everywhere = City(
        np.concatenate([made.age_ms, rise.age_ms % (2 * DAY_MS)]),
        np.concatenate([made.lat, rise.lat]),
        np.concatenate([made.lon, rise.lon]),
        np.concatenate([made.mine, rise.mine]),
    )
    answer = java(jar, everywhere)
    assert answer is None or answer.probability > 0.01


def test_one_side_only_is_of_no_interest(jar: Path) -> None:
    made = city(10, 150, 12)
    assert java(jar, made._replace(mine=np.ones(len(made.lat), bool))) is None
