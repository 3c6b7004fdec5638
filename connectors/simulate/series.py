"""Series: incidents of one hand, done alike, near in space and time; some cross borders, some stay within a district.

A series wanders: each next place is sought near the last one or near its home, days apart, at its hours of the day, as
near repeats of one offender do (Bernasco 2008; Johnson and others 2009).
"""

from __future__ import annotations

import numpy as np

from connectors.simulate import incidents, ways
from connectors.simulate.city import Generator
from connectors.simulate.statistics import DAY_MS, HOUR_MS, Integers
from connectors.simulate.world import World

PER_DISTRICT_DAY = 0.035
# A series that stays within one district for every two that cross a border.
CROSSING = 0.67
OFFENCES = {"burglary": 0.55, "motor_vehicle_theft": 0.2, "robbery": 0.25}
STEP_M = 240.0
# A crossing series has its home so near to the border; a place is sought so near to where a step leads.
HOME_M = 200.0
SOUGHT_M = 160.0
GAP_DAYS = 2.2


def add(world: World) -> None:
    """Plant the series."""
    rng = world.rng("series")
    for number in range(world.many(PER_DISTRICT_DAY, least=3)):
        # The first of each run crosses a border, however few there are.
        _plant(world, rng, crossing=number == 0 or rng.random() < CROSSING)


def _plant(world: World, rng: Generator, *, crossing: bool) -> None:
    offence = ways.pick(rng, OFFENCES)
    way = _distinct(rng, offence)
    home = _home(world, rng, crossing=crossing)
    count = int(rng.integers(5, 11))
    sides = {int(world.city.district[home])}
    if crossing:
        sides.add(int(world.city.neighbour[home]))
    days = np.cumsum(rng.gamma(1.5, GAP_DAYS / 1.5, size=count))
    first = rng.uniform(0, max(world.plan.days - days[-1], 1.0))
    hour = rng.uniform(0, 24)
    written, place = [], home
    for number, day in enumerate(days):
        # Both sides in turn at first, so that a crossing series surely has two.
        side = sorted(sides)[number % len(sides)] if number < 2 * len(sides) else None
        place = _next(world, rng, home, place, sides if side is None else {side})
        at = np.floor(first + day) * DAY_MS + ((hour + rng.normal(0, 1.2)) % 24) * HOUR_MS
        at_ms = min(world.start_ms + int(at), world.end_ms - int(rng.uniform(1, 12) * HOUR_MS)) // 60_000 * 60_000
        written.append(
            incidents.write(
                world, rng, offence=offence, place=place, at_ms=at_ms, way=ways.keep(rng, offence, way), exact=False
            )
        )
    written.sort(key=lambda record: record["occurred_from"])
    districts = sorted({record["district"] for record in written})
    second = next(
        n for n, one in enumerate(written) if one["district"] != written[0]["district"] or (not crossing and n)
    )
    world.plant(
        "series",
        [record["record_id"] for record in written],
        second + 1,
        offence=offence,
        way=way,
        crossing=len(districts) > 1,
        districts=districts,
        first_occurred_from=written[0]["occurred_from"],
        last_occurred_from=written[-1]["occurred_from"],
    )


def _distinct(rng: Generator, offence: str) -> dict[str, str | None]:
    """A way that says something: no field of it is unknown."""
    while True:
        way = ways.draw(rng, offence)
        if "unknown" not in way.values():
            return way


def _home(world: World, rng: Generator, *, crossing: bool) -> int:
    city = world.city
    places = city.on_border(HOME_M) if crossing else np.flatnonzero(city.neighbour < 0)
    weights = city.weight[places] ** 0.5
    return int(rng.choice(places, p=weights / weights.sum()))


def _next(world: World, rng: Generator, home: int, last: int, sides: set[int]) -> int:
    """The next place: near the last one or near home, on the sides that are asked for."""
    city = world.city
    around = last if rng.random() < 0.4 else home
    east, north = rng.normal(0, STEP_M / 2**0.5, 2)
    near: Integers = city.near(float(city.x[around] + east), float(city.y[around] + north), SOUGHT_M)
    near = near[np.isin(city.district[near], list(sides))]
    if not len(near):
        of = np.flatnonzero(np.isin(city.district, list(sides)))
        return int(of[np.argmin((city.x[of] - city.x[home]) ** 2 + (city.y[of] - city.y[home]) ** 2)])
    weights = city.weight[near] ** 0.5
    return int(rng.choice(near, p=weights / weights.sum()))
