"""Times of day and days of the week as a city has them, midnight and noon spikes and full hours included."""

from __future__ import annotations

import numpy as np

from connectors.simulate.city import Generator
from connectors.simulate.parameters import Figures
from connectors.simulate.statistics import Integers, Numbers

MINUTE_MS = 60_000


def day_weights(first_weekday: int, days: int, figures: Figures) -> Numbers:
    """Share of events on each day of the run; the first day's weekday is 0 for Monday."""
    weights = np.array([figures.weekdays[(first_weekday + day) % 7] for day in range(days)])
    return np.asarray(weights / weights.sum(), dtype=np.float64)


def times_of_day(rng: Generator, count: int, figures: Figures) -> Integers:
    """Milliseconds after local midnight: the hour by its share, the minute as clerks write it.

    Hour 0 holds the times that are midnight for want of a better one; they are put exactly there.
    """
    hours = np.array(figures.hours)
    hour = rng.choice(24, size=count, p=hours / hours.sum())
    kind = rng.random(count)
    five = 5 * rng.integers(1, 12, size=count)
    five = np.where(five == 30, 35, five)
    minute = rng.integers(0, 60, size=count)
    minute = np.where(minute % 5 == 0, minute + 1, minute)
    limits = np.cumsum([figures.full_hour, figures.half_hour, figures.five_minutes])
    minute = np.select([kind < limits[0], kind < limits[1], kind < limits[2]], [0, 30, five], minute)
    # Midnight for want of a better time: so many of hour 0 that all events have the measured share of it.
    if figures.hours[0] > 0:
        minute = np.where((hour == 0) & (rng.random(count) < figures.midnight / figures.hours[0]), 0, minute)
    return np.asarray((hour * 60 + minute) * MINUTE_MS, dtype=np.int64)
