"""Feeds that fail: one falls silent and sends its backlog afterwards, a clock runs ahead, a camera dies untold.

A silent feed loses nothing: its records arrive when it is back. A dead camera's events never were. Either can be known
once the first record is missing that would have come.
"""

from __future__ import annotations

from connectors.simulate import devices
from connectors.simulate.city import Generator
from connectors.simulate.statistics import DAY_MS, HOUR_MS
from connectors.simulate.world import Sent, World

SILENT_PER_DISTRICT_DAY = 0.02
SKEWED_PER_DISTRICT_DAY = 0.008
DEAD_PER_DISTRICT_DAY = 0.02
AHEAD_MS = 65 * 60_000
TIMES = ("recorded_at", "occurred_from", "occurred_to")
# Only feeds with a rhythm: a feed of three records a week is never told to be silent.
RHYTHMIC = ("camera_event", "patrol")


def fail(world: World) -> None:
    """Change what was sent, and put what failed into the truth."""
    rng = world.rng("feeds")
    _die(world, rng)
    _silence(world, rng)
    _skew(world, rng)


def _window(world: World, rng: Generator, hours: tuple[float, float]) -> tuple[int, int]:
    since = world.start_ms + int(rng.uniform(2, world.plan.days - hours[1] / 24) * DAY_MS)
    return since, since + int(rng.uniform(*hours) * HOUR_MS)


def _silence(world: World, rng: Generator) -> None:
    taken: set[tuple[int, str]] = set()
    for _ in range(world.many(SILENT_PER_DISTRICT_DAY, least=2)):
        district, kind = int(rng.integers(world.plan.districts)), RHYTHMIC[int(rng.integers(2))]
        since, until = _window(world, rng, (8, 30))
        if (district, kind) in taken:
            continue
        taken.add((district, kind))
        name, ids, missed = world.name(district), [], until
        for index, sent in enumerate(world.sent):
            if sent.kind == kind and since <= sent.arrived_at < until and sent.record["district"] == name:
                # The backlog comes within half an hour, in its order.
                share = (sent.arrived_at - since) / (until - since)
                world.sent[index] = sent._replace(arrived_at=until + int(share * HOUR_MS / 2))
                ids.append(sent.record["record_id"])
                missed = min(missed, sent.arrived_at)
        world.plant("silent_feed", ids, 0, district=name, record_type=kind, silent_from=since, silent_to=until,
                    known_from=missed)  # fmt: skip


def _skew(world: World, rng: Generator) -> None:
    """The clock of a district's incident system runs ahead for two or three days."""
    for number in range(world.many(SKEWED_PER_DISTRICT_DAY, least=1)):
        district = (number * 7 + int(rng.integers(world.plan.districts))) % world.plan.districts
        since, until = _window(world, rng, (48, 72))
        name, ids = world.name(district), []
        for index, sent in enumerate(world.sent):
            record = sent.record
            here = sent.kind == "incident" and since <= sent.arrived_at < until and record["district"] == name
            if here and record["revision"] == 1:
                ahead = {key: record[key] + AHEAD_MS for key in TIMES}
                world.sent[index] = sent._replace(record=record | ahead)
                ids.append(record["record_id"])
        _mark(world, set(ids))
        world.plant("skewed_clock", ids, min(2, len(ids)), district=name, record_type="incident", ahead_ms=AHEAD_MS,
                    skewed_from=since, skewed_to=until)  # fmt: skip


def _mark(world: World, ids: set[str]) -> None:
    """Say of what was planted that some of it carries wrong times: it may rightly be missed."""
    for items in world.truth.values():
        for item in items:
            touched = sorted(ids.intersection(item.get("records", ())))
            if touched:
                item["skewed"] = [*item.get("skewed", []), *touched]


def _die(world: World, rng: Generator) -> None:
    needed = {one for items in world.truth.values() for item in items for one in item.get("records", ())}
    needed |= {miss["record_id"] for item in world.truth["lookout_hit"] for miss in item["misses"]}
    cameras = devices.cameras(world)
    dead: dict[str, int] = {}
    for _ in range(world.many(DEAD_PER_DISTRICT_DAY, least=2)):
        camera = cameras[int(rng.integers(len(cameras)))]
        since, _ = _window(world, rng, (24, 48))
        last = max(
            (sent.arrived_at for sent in _events(world, camera.name) if sent.record["record_id"] in needed), default=0
        )
        if last < since and camera.name not in dead:
            dead[camera.name] = since
            lost = [sent.arrived_at for sent in _events(world, camera.name) if _lost(sent, {camera.name: since})]
            world.plant("dead_camera", [], 0, district=world.name(camera.district), camera=camera.name, dead_from=since,
                        known_from=min(lost, default=world.end_ms))  # fmt: skip
    world.sent = [sent for sent in world.sent if not _lost(sent, dead)]


def _lost(sent: Sent, dead: dict[str, int]) -> bool:
    """Whether an event is one that a dead camera would have told."""
    if sent.kind != "camera_event" or sent.record["camera"] not in dead:
        return False
    return bool(sent.record["occurred_to"] >= dead[sent.record["camera"]])


def _events(world: World, camera: str) -> list[Sent]:
    return [sent for sent in world.sent if sent.kind == "camera_event" and sent.record["camera"] == camera]
