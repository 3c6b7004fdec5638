"""Online reports of every day: mostly one of a kind; a few frauds come back, in one district or over weeks."""

from __future__ import annotations

import numpy as np

from connectors.simulate import records, ways
from connectors.simulate.city import Generator
from connectors.simulate.parameters import measured
from connectors.simulate.statistics import DAY_MS, HOUR_MS
from connectors.simulate.world import Record, World

PER_DISTRICT_DAY = 6.0
CHANNELS = {"web_form": 0.4, "app": 0.25, "telephone": 0.15, "message": 0.1, "counter": 0.07, "email": 0.03}
KINDS = {
    "fraud": 0.25, "theft": 0.2, "damage": 0.12, "noise": 0.12, "hazard": 0.08, "disorder": 0.06, "lighting_out": 0.05,
    "abandoned_vehicle": 0.05, "found_property": 0.04, "other": 0.03,
}  # fmt: skip
# Names that many frauds carry and none is known by: a big market site, a bank's own line.
COMMON = ("domain:market-place.example", "phone:+14165550199")
COMMON_SHARE = 0.12
# Share of frauds whose indicator was reported before, in the same district.
AGAIN = 0.06


def write(
    world: World, rng: Generator, district: int, at_ms: int, kind: str, *,
    indicators: list[str] | None = None, text: str | None = None, point: tuple[float, float] | None = None,
) -> Record:  # fmt: skip
    """Make a report and send it; without a point, it has no place."""
    record: Record = {
        **records.header(world, "report", district, at_ms + records.minutes(rng, 8)),
        **records.time(at_ms, None, "minute" if point else "hour"),
        **(records.at_point(*point, 100.0) if point else {"lat": None, "lon": None, "location_precision_m": None}),
        "channel": ways.pick(rng, CHANNELS),
        "kind": kind,
        "text": text,
        "indicators": indicators or [],
        **records.grading("untested", "C"),
        **records.release(),
    }
    world.send("online_report", record)
    return record


def indicator(rng: Generator) -> str:
    """A fraud's domain or telephone that is like no other."""
    if rng.random() < 0.6:
        first = ("parcel", "refund", "tax", "ticket", "rent", "loan", "crypto", "prize", "toll", "energy")
        last = ("fee", "desk", "secure", "help", "pay", "check", "claim", "portal")
        number = int(rng.integers(10, 9_999))
        return f"domain:{first[int(rng.integers(10))]}-{last[int(rng.integers(8))]}{number}.example"
    return f"phone:+1416555{int(rng.integers(1_000, 9_999))}{int(rng.integers(10, 99))}"[:18]


def add(world: World) -> None:
    """Send the background's reports."""
    rng = world.rng("reports")
    hours = np.array(measured().hours)
    world.truth["common_indicator"] = [{"indicator": one} for one in COMMON]
    for district in range(world.plan.districts):
        places = world.city.of(district)
        weights = world.city.weight[places] / world.city.weight[places].sum()
        count = rng.poisson(PER_DISTRICT_DAY * world.plan.days)
        day = rng.integers(0, world.plan.days, size=count)
        at = world.start_ms + day * DAY_MS + rng.choice(24, size=count, p=hours / hours.sum()) * HOUR_MS
        at = np.sort(at + rng.integers(0, 60, size=count) * 60_000)
        known: list[str] = []
        for moment in at:
            kind = ways.pick(rng, KINDS)
            point = None
            if kind != "fraud" and rng.random() < 0.85:
                point = records.jittered(rng, world, int(rng.choice(places, p=weights)), 40.0)
            named = _indicators(rng, known) if kind == "fraud" else []
            write(world, rng, district, int(moment), kind, indicators=named, point=point)


def _indicators(rng: Generator, known: list[str]) -> list[str]:
    named = []
    if known and rng.random() < AGAIN:
        named.append(known[int(rng.integers(len(known)))])
    elif rng.random() < 0.8:
        named.append(indicator(rng))
        known.append(named[0])
    if rng.random() < COMMON_SHARE:
        named.append(COMMON[int(rng.integers(len(COMMON)))])
    return named
