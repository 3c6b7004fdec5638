"""One event that several sources saw within metres and minutes, and one incident that two districts recorded."""

from __future__ import annotations

from connectors.simulate import devices, incidents, patrols, records, reports, ways
from connectors.simulate.city import Generator
from connectors.simulate.statistics import DAY_MS
from connectors.simulate.world import World

EVENTS_PER_DISTRICT_DAY = 0.12
TWICE_PER_DISTRICT_DAY = 0.06
MINUTE_MS = 60_000
NEAR_M = 150.0
# Both sides come only to what is at the border.
TWICE_M = 150.0
# What each source calls one kind of event: camera event, report, observation of a patrol, offence.
CALLED = {
    "fire": ("smoke_fire", "fire_hazard", "fire_hazard", "arson"),
    "disorder": ("crowding", "disorder", "disorder", "disorderly_conduct"),
    "break_in": ("intrusion", "burglary", "signs_of_entry", "burglary"),
    "obstruction": ("obstruction", "hazard", "obstruction", None),
}
EXACT_OFFENCES = ("robbery", "burglary", "simple_assault")


def add(world: World) -> None:
    """Plant both."""
    rng = world.rng("corroboration")
    cameras = devices.cameras(world)
    for number in range(world.many(EVENTS_PER_DISTRICT_DAY, least=4)):
        _event(world, rng, list(CALLED)[number % len(CALLED)], cameras[int(rng.integers(len(cameras)))])
    for number in range(world.many(TWICE_PER_DISTRICT_DAY, least=2)):
        _twice(world, rng, EXACT_OFFENCES[number % len(EXACT_OFFENCES)])


def _event(world: World, rng: Generator, kind: str, camera: devices.Camera) -> None:
    seen, reported, found, offence = CALLED[kind]
    at = world.start_ms + int(rng.uniform(0.1, world.plan.days - 0.3) * DAY_MS) // MINUTE_MS * MINUTE_MS
    value = float(rng.integers(60, 200)) if seen in {"crowding", "obstruction"} else None
    ids = [devices.event(world, camera, seen, at, at + MINUTE_MS, value=value)["record_id"]]
    sources = ["camera_event"]
    # Two to four sources: the camera and one at least of the others.
    others = ["online_report", "patrol"] + (["incident"] if offence else [])
    chosen = [others[int(n)] for n in rng.permutation(len(others))[: int(rng.integers(1, len(others) + 1))]]
    near = world.city.near(float(world.city.x[camera.place]), float(world.city.y[camera.place]), NEAR_M)
    for source in chosen:
        then = at + int(rng.integers(1, 13)) * MINUTE_MS
        place = int(near[int(rng.integers(len(near)))])
        if source == "online_report":
            point = records.jittered(rng, world, place, 20.0)
            ids.append(reports.write(world, rng, camera.district, then, reported, point=point)["record_id"])
        elif source == "patrol":
            post = patrols.Checkpoint(camera.district, f"beat-{camera.name[-2:]}", place, False)
            ids.append(patrols.visit(world, rng, post, then, found)["record_id"])
        elif offence:
            way = ways.draw(rng, offence) if offence == "burglary" else _no_way()
            record = incidents.write(
                world, rng, offence=offence, place=place, at_ms=then, way=way, exact=True, delay_minutes=25.0
            )
            ids.append(record["record_id"])
        sources.append(source)
    world.plant("corroboration", ids, 2, event=kind, sources=sorted(sources), at=at)


def _no_way() -> dict[str, str | None]:
    return {"method_of_entry": None, "point_of_entry": None, "tool": None, "location_category": "street"}


def _twice(world: World, rng: Generator, offence: str) -> None:
    """Both districts of a border record one incident, minutes and metres apart, mostly with the same words for it."""
    city = world.city
    border = city.on_border(TWICE_M)
    place = int(border[int(rng.integers(len(border)))])
    at = world.start_ms + int(rng.uniform(0, world.plan.days - 1) * DAY_MS) // MINUTE_MS * MINUTE_MS
    way = ways.draw(rng, offence)
    ids = []
    for turn, owner in enumerate((int(city.district[place]), int(city.neighbour[place]))):
        record = incidents.write(
            world,
            rng,
            offence=offence,
            place=place,
            at_ms=at + turn * int(rng.integers(-15, 16)) * MINUTE_MS,
            way=way if turn == 0 else ways.keep(rng, offence, way),
            district=owner,
            point=records.jittered(rng, world, place, 20.0),
            exact=True,
        )
        ids.append(record["record_id"])
    world.plant("duplicate", ids, 2, offence=offence, at=at)
