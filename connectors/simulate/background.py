"""The incidents of every day, which no pattern is made of: where, when and what as the real sample has them."""

from __future__ import annotations

import numpy as np

from connectors.simulate import excite, incidents, records, rhythm
from connectors.simulate.parameters import assumed, measured
from connectors.simulate.statistics import DAY_MS
from connectors.simulate.world import Record, World

# Shares of records that are revised later, and that are taken back.
REVISED = 0.04
RETRACTED = 0.003


def add(world: World) -> None:
    """Send the background's incidents, their revisions and the retractions of some."""
    rng = world.rng("background")
    days = world.plan.days
    for offence, figures in measured().offences.items():
        repeats = assumed().repeats[offence]
        weights = world.city.weight**repeats.focus
        expected = figures.per_district_day * world.plan.districts * days
        day_weights = rhythm.day_weights(world.plan.start.weekday(), days, figures)
        place, day = excite.events(rng, world.city, repeats, expected, day_weights, weights / weights.sum())
        at_ms = world.start_ms + day * DAY_MS + rhythm.times_of_day(rng, len(place), figures)
        for one in np.argsort(at_ms, kind="stable"):
            owner = int(world.city.district[place[one]])
            record = incidents.write(
                world,
                rng,
                offence=offence,
                place=int(place[one]),
                at_ms=int(at_ms[one]),
                to=incidents.releases(world, rng, owner),
            )
            _later(world, rng, owner, record)


def _later(world: World, rng: np.random.Generator, owner: int, record: Record) -> None:
    """What becomes of a record: mostly nothing within the run."""
    chance = rng.random()
    moment = record["recorded_at"] + int(rng.exponential(3 * DAY_MS))
    if chance >= REVISED + RETRACTED or moment >= world.end_ms:
        return
    if chance < REVISED:
        world.send("incident", records.revised(record, moment, status="cleared"))
        return
    retraction = {
        **records.header(world, "retraction", owner, moment),
        "target_record_type": "incident",
        "target_record_id": record["record_id"],
        "target_revision": record["revision"],
        "reason": "entered_in_error",
        "note": None,
    }
    world.plant("retracted", [world.send("retraction", retraction)], 1, target=record["record_id"])
