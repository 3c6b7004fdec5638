"""One incident record, whoever plants it: the background and every pattern write theirs with the same hand."""

from __future__ import annotations

from connectors.simulate import records, ways
from connectors.simulate.city import Generator
from connectors.simulate.parameters import assumed
from connectors.simulate.statistics import HOUR_MS
from connectors.simulate.world import Record, World

STATUSES = {"open": 0.7, "cleared": 0.15, "closed": 0.1, "unknown": 0.05}
RELEASES = {"all": 0.93, "own": 0.03, "one": 0.04}


def write(
    world: World,
    rng: Generator,
    *,
    offence: str,
    place: int,
    at_ms: int,
    way: Record | None = None,
    district: int | None = None,
    point: tuple[float, float] | None = None,
    exact: bool = False,
    to: list[str] | None = None,
    delay_minutes: float = 90.0,
) -> Record:
    """Make an incident and send it.

    Args:
        world: the run.
        rng: source of chance.
        offence: its code.
        place: index of the place.
        at_ms: UTC ms at which it began.
        way: how it was done; drawn when not given.
        district: who records it; the place's own when not given.
        point: latitude and longitude, when it is not just the place's.
        exact: whether the moment is known; otherwise some know only a window.
        to: its release; all when not given.
        delay_minutes: median of the time until it is written up.
    """
    way = ways.draw(rng, offence) if way is None else way
    owner = int(world.city.district[place]) if district is None else district
    until, precision = at_ms, "minute"
    if not exact and rng.random() < assumed().windows.get(offence, 0.0):
        until, precision = at_ms + int(rng.uniform(1, 14) * HOUR_MS), "window"
    recorded = until + records.minutes(rng, delay_minutes)
    where = records.at_place(world, place) if point is None else records.at_point(*point, 30.0)
    record: Record = {
        **records.header(world, "incident", owner, recorded),
        **records.time(at_ms, until, precision),
        **where,
        "offence": offence,
        "completion": "attempted" if rng.random() < 0.08 else "completed",
        "status": ways.pick(rng, STATUSES),
        **way,
        "description": ways.words(rng, way),
        **records.grading(information="A" if rng.random() < 0.8 else "B"),
        **records.release(to),
    }
    world.send("incident", record)
    return record


def releases(world: World, rng: Generator, owner: int) -> list[str]:
    """To whom a record of the background is released: nearly always to all."""
    kind = ways.pick(rng, RELEASES)
    if kind == "all":
        return ["all"]
    others = [name for number, name in enumerate(world.city.names) if number != owner]
    return [] if kind == "own" else [others[int(rng.integers(len(others)))]]
