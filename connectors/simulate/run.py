"""Make the whole city: ground, background, what is planted, then what goes wrong."""

from __future__ import annotations

from collections.abc import Callable

from connectors.simulate import (
    background,
    campaigns,
    clusters,
    corroboration,
    devices,
    faults,
    feeds,
    inspections,
    lookouts,
    patrols,
    reports,
    series,
    world,
)
from connectors.simulate.plan import Plan
from connectors.simulate.world import World

STEPS = (background, reports, devices, patrols, inspections, series, clusters, campaigns, lookouts, corroboration)


def simulate(plan: Plan, progress: Callable[[str, int, int], None] = lambda *_: None) -> World:
    """Make a city in memory. ``progress`` is told what is made now, and the how manieth step of how many it is."""
    made = world.create(plan)
    for number, step in enumerate(STEPS):
        progress(step.__name__.rpartition(".")[2], number, len(STEPS) + 1)
        step.add(made)
    progress("faults", len(STEPS), len(STEPS) + 1)
    if plan.faults:
        feeds.fail(made)
        faults.add(made)
    progress("done", len(STEPS) + 1, len(STEPS) + 1)
    return made
