"""Where and when the background's incidents lie: a self-exciting point process on the places of a city.

Each incident brings about a Poisson number of others, some days later and near it: the branching form of a Hawkes
process (Mohler and others 2011, *Self-exciting point process modeling of crime*). Generations are drawn as arrays.
"""

from __future__ import annotations

import numpy as np
import shapely

from connectors.simulate.city import City, Generator
from connectors.simulate.parameters import Repeats
from connectors.simulate.statistics import Integers, Numbers


def events(
    rng: Generator, city: City, repeats: Repeats, expected: float, day_weights: Numbers, weights: Numbers
) -> tuple[Integers, Integers]:
    """The place and the day of each event.

    Args:
        rng: source of chance.
        city: its places.
        repeats: how strongly events bring about others.
        expected: how many events in all are expected.
        day_weights: share of each day, summing to 1.
        weights: share of each place, summing to 1.
    """
    count = rng.poisson(expected * (1 - repeats.children))
    place = rng.choice(len(weights), size=count, p=weights)
    day = rng.choice(len(day_weights), size=count, p=day_weights)
    places, days = [place], [day]
    finder = Finder(city)
    while len(place):
        parent = np.repeat(np.arange(len(place)), rng.poisson(repeats.children, size=len(place)))
        day = day[parent] + np.floor(rng.exponential(repeats.days, size=len(parent))).astype(np.int64)
        place = place[parent]
        moved = rng.random(len(parent)) >= repeats.same_place
        away = rng.exponential(repeats.metres, size=len(parent))
        angle = rng.uniform(0, 2 * np.pi, size=len(parent))
        near = finder.nearest(city.x[place] + away * np.cos(angle), city.y[place] + away * np.sin(angle))
        place = np.where(moved, near, place)
        within = day < len(day_weights)
        place, day = place[within], day[within]
        places.append(place)
        days.append(day)
    return np.concatenate(places), np.concatenate(days)


class Finder:
    """The place that is nearest to a point, by a tree of all."""

    def __init__(self, city: City) -> None:
        self._tree = shapely.STRtree(shapely.points(city.x, city.y))

    def nearest(self, x: Numbers, y: Numbers) -> Integers:
        """The index of the nearest place to each point."""
        return np.asarray(self._tree.nearest(shapely.points(x, y)), dtype=np.int64)
