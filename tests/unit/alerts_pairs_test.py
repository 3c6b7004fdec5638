"""The reference of a pair against two loops over plain Python floats, which share no code with it."""

import math
import random

import numpy as np
import pytest

from jobs.patterns.linked_incidents.reference import DAY_MS, Incidents, PairSettings, pairs

HOUR_MS = 3_600_000


def incidents(rows):
    """Rows of (record_id, category, district, occurred_from, lat, lon) as columns."""
    ids, category, district, time, lat, lon = (list(column) for column in zip(*rows, strict=True))
    count = len(rows)
    return Incidents(
        np.array(ids, object),
        np.ones(count, np.int64),
        np.array(category, object),
        np.array(district, object),
        np.array(time, np.int64),
        np.array(lat, float),
        np.array(lon, float),
        np.unique(np.array(category), return_inverse=True)[1].astype(np.int64),
        np.zeros(count, np.int64),
        (("east", "north"),),
    )


def metres_between(one, other):
    """Distance by the angle between unit vectors (not the haversine), in metres."""
    (la, lo), (lb, mo) = ((math.radians(v[4]), math.radians(v[5])) for v in (one, other))
    u = (math.cos(la) * math.cos(lo), math.cos(la) * math.sin(lo), math.sin(la))
    v = (math.cos(lb) * math.cos(mo), math.cos(lb) * math.sin(mo), math.sin(lb))
    cross = (u[1] * v[2] - u[2] * v[1], u[2] * v[0] - u[0] * v[2], u[0] * v[1] - u[1] * v[0])
    return 6_371_008.8 * math.atan2(math.hypot(*cross), sum(a * b for a, b in zip(u, v, strict=True)))


def by_loops(rows, settings):
    """Every pair by comparing each record with each other."""
    found = {}
    for i, one in enumerate(rows):
        for other in rows[i + 1 :]:
            if one[1] != other[1] or one[2] == other[2] or abs(one[3] - other[3]) > settings.days * DAY_MS:
                continue
            metres = metres_between(one, other)
            if metres <= settings.metres:
                found[tuple(sorted((one[0], other[0]), key=str.encode))] = metres
    return found


def named(rows, result):
    return {(rows[a][0], rows[b][0]): m for a, b, m in zip(result.a, result.b, result.metres, strict=True)}


def city(seed, count, lat=43.65, lon=-79.38, reach=0.02):
    """Incidents of a made-up town at a place, many of them at shared corners and shared times."""
    rng = random.Random(seed)
    corners = [(lat + rng.uniform(-reach, reach), lon + rng.uniform(-reach, reach)) for _ in range(count // 3)]
    rows = []
    for number in range(count):
        where = (
            rng.choice(corners)
            if rng.random() < 0.5
            else (lat + rng.uniform(-reach, reach), lon + rng.uniform(-reach, reach))
        )
        name = rng.choice(["", "é", "😀", "z"]) + f"{rng.randrange(10**9)}-{number}"
        when = 1_500_000_000_000 + rng.randrange(60 * 24) * HOUR_MS
        rows.append(
            (
                name,
                rng.choice("ab"),
                rng.choice(["north", "east", "west"]),
                when,
                min(where[0], 90.0),
                (where[1] + 180) % 360 - 180,
            )
        )
    return rows


@pytest.mark.parametrize(("lat", "lon"), [(43.65, -79.38), (-16.8, 180.0), (0.0, 0.0), (89.999, 10.0), (-33.9, 151.2)])
@pytest.mark.parametrize(
    "settings", [PairSettings(), PairSettings(metres=1_500, days=2.5), PairSettings(metres=0, days=30)]
)
def test_equals_two_loops(lat, lon, settings):
    rows = city(f"{lat}{lon}", 300, lat, lon)
    expected = by_loops(rows, settings)
    found = pairs(incidents(rows), settings)
    assert named(rows, found).keys() == expected.keys()
    assert len(found) == len(expected) > 0
    assert all(abs(m - expected[p]) <= 0.0501 for p, m in named(rows, found).items())


def test_only_gives_the_pairs_that_touch_the_marked():
    rows = city(5, 400)
    mask = np.array([random.Random(n).random() < 0.1 for n in range(len(rows))])
    chosen = {rows[n][0] for n in np.flatnonzero(mask)}
    everything = named(rows, pairs(incidents(rows)))
    some = pairs(incidents(rows), only=mask)
    assert named(rows, some) == {p: m for p, m in everything.items() if chosen & set(p)}
    assert len(some) == len(named(rows, some)) > 0


def test_both_limits_are_inclusive():
    rows = [("a", "x", "north", 0, 10.0, 10.0), ("b", "x", "east", 14 * DAY_MS, 10.0, 10.0)]
    assert len(pairs(incidents(rows))) == 1
    rows[1] = ("b", "x", "east", 14 * DAY_MS + 1, 10.0, 10.0)
    assert len(pairs(incidents(rows))) == 0
    step = math.degrees(400 / 6_371_008.8)
    for factor, count in ((1 - 1e-9, 1), (1 + 1e-9, 0)):
        rows[1] = ("b", "x", "east", 0, 10.0 + step * factor, 10.0)
        assert len(pairs(incidents(rows))) == count


def test_rounding_is_half_up():
    rows = [("b", "x", "north", 0, 0.0, 0.0), ("a", "x", "east", 18_000, 0.0, math.degrees(100.05001 / 6_371_008.8))]
    found = pairs(incidents(rows))
    assert (found.a.tolist(), found.b.tolist()) == ([1], [0])
    assert (found.metres.tolist(), found.hours.tolist()) == ([100.1], [0.01])


def test_no_records_no_pairs():
    assert len(pairs(incidents([("a", "x", "north", 0, 0.0, 0.0)]))) == 0
