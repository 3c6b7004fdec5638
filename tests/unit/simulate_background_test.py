"""The background is like the real sample: its hours, its busy places, its near repeats."""

from __future__ import annotations

import numpy as np
import pytest

from connectors.simulate import city, excite, rhythm, statistics
from connectors.simulate.city import City
from connectors.simulate.parameters import assumed, measured
from connectors.simulate.statistics import DAY_MS, Integers

DAYS = 365


@pytest.fixture(scope="module")
def ground() -> City:
    """As many districts as the sample has: what is near depends on the size of the city."""
    return city.build(np.random.default_rng(4), measured().districts, assumed().ground)


def _year(ground: City, offence: str, seed: int) -> tuple[Integers, Integers]:
    figures, repeats = measured().offences[offence], assumed().repeats[offence]
    rng = np.random.default_rng(seed)
    weights = ground.weight**repeats.focus
    expected = figures.per_district_day * measured().districts * DAYS
    day_weights = rhythm.day_weights(0, DAYS, figures)
    place, day = excite.events(rng, ground, repeats, expected, day_weights, weights / weights.sum())
    return place, day * DAY_MS + rhythm.times_of_day(rng, len(place), figures)


@pytest.mark.parametrize("offence", ["burglary", "robbery", "motor_vehicle_theft"])
def test_a_year_is_like_the_real_one(ground: City, offence: str) -> None:
    figures = measured().offences[offence]
    place, at = _year(ground, offence, seed=2)
    real = figures.per_district_day * measured().districts * DAYS
    assert len(place) == pytest.approx(real, rel=0.1)
    lat, lon = ground.lat[place], ground.lon[place]
    found = statistics.near_repeats(at, lat, lon, np.zeros(len(place), dtype=np.int64), shuffles=3)
    assert found.ratio == pytest.approx(figures.near_repeat_ratio, abs=0.12)
    assert found.share == pytest.approx(figures.near_repeat_share, abs=0.08)
    assert statistics.concentration(lat, lon) == pytest.approx(list(figures.busiest), abs=0.07)
    assert np.abs(statistics.hour_profile(at) - figures.hours).max() < 0.02
    assert statistics.minute_shares(at)[0] == pytest.approx(figures.full_hour, abs=0.06)


def test_without_self_excitement_there_are_no_more_repeats_than_chance(ground: City) -> None:
    repeats = assumed().repeats["burglary"].model_copy(update={"children": 0.0})
    rng = np.random.default_rng(3)
    even = np.full(DAYS, 1 / DAYS)
    place, day = excite.events(rng, ground, repeats, 5_000, even, ground.weight)
    at = day * DAY_MS + rng.integers(0, DAY_MS, size=len(day))
    found = statistics.near_repeats(at, ground.lat[place], ground.lon[place], np.zeros(len(at), dtype=np.int64))
    assert found.ratio == pytest.approx(1.0, abs=0.06)


def test_near_repeats_are_counted_as_by_hand() -> None:
    at = np.array([0, 13, 30, 30]) * DAY_MS
    lat = np.array([43.7, 43.7, 43.7, 43.703])  # the last is 334 m off
    lon = np.full(4, -79.4)
    same = np.zeros(4, dtype=np.int64)
    assert statistics.near_repeats(at, lat, lon, same).pairs == 2
    assert statistics.near_repeats(at, lat, lon, np.array([0, 0, 0, 1])).pairs == 1
