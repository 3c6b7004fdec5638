"""Border clusters: for two or three days, far more of one category than usual around a point on a border.

No hand in common: each is done in its own way, so only place and time tell of it.
"""

from __future__ import annotations

import numpy as np

from connectors.simulate import incidents
from connectors.simulate.statistics import DAY_MS, HOUR_MS
from connectors.simulate.world import World

PER_DISTRICT_DAY = 0.018
RADIUS_M = 500.0
OFFENCES = ("burglary", "motor_vehicle_theft", "robbery", "simple_assault")


def add(world: World) -> None:
    """Plant the clusters."""
    rng = world.rng("clusters")
    city = world.city
    border = city.on_border()
    for number in range(world.many(PER_DISTRICT_DAY, least=1)):
        centre = int(rng.choice(border))
        offence = OFFENCES[number % len(OFFENCES)]
        hours = float(rng.uniform(40, 72))
        # Not in the first days: a scan must have seen the usual before the unusual.
        earliest = min(7.0, world.plan.days / 2)
        since = world.start_ms + int(rng.uniform(earliest, world.plan.days - hours / 24) * DAY_MS)
        near = city.near(float(city.x[centre]), float(city.y[centre]), RADIUS_M)
        sides = (int(city.district[centre]), int(city.neighbour[centre]))
        times = since + np.sort(rng.uniform(0, hours, size=int(rng.integers(12, 19)))) * HOUR_MS
        written = []
        for turn, at in enumerate(times):
            side = near[city.district[near] == sides[turn % 2]] if turn < 4 else near
            place = int(rng.choice(side if len(side) else near))
            at_ms = int(at) // 60_000 * 60_000
            written.append(incidents.write(world, rng, offence=offence, place=place, at_ms=at_ms, exact=True))
        world.plant(
            "border_cluster",
            [record["record_id"] for record in written],
            5,
            offence=offence,
            districts=sorted({record["district"] for record in written}),
            lat=float(city.lat[centre]),
            lon=float(city.lon[centre]),
            radius_m=RADIUS_M,
            first_occurred_from=int(times[0]),
            last_occurred_from=int(times[-1]),
        )
