"""Look-outs, the reads that hit them, and reads that must not: before, after the end, withdrawn, by another key."""

from __future__ import annotations

from connectors.simulate import devices, records, ways
from connectors.simulate.city import Generator
from connectors.simulate.statistics import DAY_MS, HOUR_MS
from connectors.simulate.world import Item, Record, World

PER_DISTRICT_DAY = 0.06
REASONS = {"stolen_vehicle": 0.6, "used_in_offence": 0.25, "false_plates": 0.1, "left_collision": 0.05}
ROLES = {"shift_commander": 0.6, "investigation_lead": 0.3, "prosecutor": 0.1}
# A clock that runs ahead must not turn a miss into a hit: this far from each edge.
CLEAR_MS = 3 * HOUR_MS


def add(world: World) -> None:
    """Plant the look-outs."""
    rng = world.rng("lookouts")
    readers = [camera for camera in devices.cameras(world) if devices.reader(camera)]
    for number in range(world.many(PER_DISTRICT_DAY, least=4)):
        _plant(world, rng, number, readers)


def _plant(world: World, rng: Generator, number: int, readers: list[devices.Camera]) -> None:
    owner = int(rng.integers(world.plan.districts))
    vehicle = f"looked-for-{number}"
    authorised = world.start_ms + int(rng.uniform(0.5, world.plan.days - 4) * DAY_MS)
    expires = authorised + int(rng.uniform(3, 20) * DAY_MS)
    withdrawn = number % 3 == 2
    record: Record = {
        **records.header(world, "lookout", owner, authorised + records.minutes(rng, 5)),
        "vehicle_token": devices.token(world, vehicle),
        "case_reference": f"case-{number:04d}",
        "reason": ways.pick(rng, REASONS),
        "authorised_by": ways.pick(rng, ROLES),
        "authorised_at": authorised,
        "expires_at": expires,
        **records.grading(),
        **records.release(purposes=["investigation"]),
    }
    world.send("lookout", record)
    ends = expires
    if withdrawn:
        ends = authorised + int(rng.uniform(0.5, 2) * DAY_MS)
        world.send("lookout", records.revised(record, ends, expires_at=ends))
    live = (record["recorded_at"] + CLEAR_MS, min(ends, world.end_ms) - CLEAR_MS)
    hits = _reads(world, rng, readers, vehicle, *live, count=int(rng.integers(1, 6)))
    misses: list[Item] = []
    for why, since, until, key in (
        ("before", world.start_ms, authorised - CLEAR_MS, 1),
        ("withdrawn" if withdrawn else "expired", ends + CLEAR_MS, world.end_ms - CLEAR_MS, 1),
        ("other_key", *live, 2),
    ):
        if until > since and rng.random() < 0.7:
            ids = _reads(world, rng, readers, vehicle, since, until, count=int(rng.integers(1, 3)), key=key)
            misses += [{"record_id": one, "why": why} for one in ids]
    world.plant(
        "lookout_hit",
        [record["record_id"], *hits],
        2,
        lookout=record["record_id"],
        hits=hits,
        misses=misses,
        live_from=authorised,
        live_to=ends,
    )


def _reads(
    world: World,
    rng: Generator,
    readers: list[devices.Camera],
    vehicle: str,
    since: int,
    until: int,
    *,
    count: int,
    key: int = 1,
) -> list[str]:
    read = devices.token(world, vehicle, key)
    ids = []
    for at in sorted(int(one) for one in rng.uniform(since, until, size=count)):
        camera = readers[int(rng.integers(len(readers)))]
        ids.append(devices.event(world, camera, "vehicle_read", at, at + 1_000, read=read)["record_id"])
    return ids
