"""Premises and their inspections: what was to be put right, what was, what became overdue, and chains that repeat."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

import numpy as np

from connectors.simulate import records, ways
from connectors.simulate.city import Generator
from connectors.simulate.statistics import DAY_MS, HOUR_MS
from connectors.simulate.world import Record, World

PREMISES = 40
CHAINS = 8
PER_DISTRICT_DAY = 2.5
IN_CHAIN = 0.25
OVERDUE = 0.12
# Planted besides, early enough to become overdue within the run.
OVERDUE_PER_DISTRICT_DAY = 0.03
KINDS = {"restaurant": 0.3, "lodging": 0.15, "entertainment": 0.15, "shop": 0.15, "market": 0.1, "fuel_station": 0.15}
OUTCOMES = {"passed": 0.5, "advised": 0.15, "rectify": 0.27, "closed": 0.02, "not_inspected": 0.06}
FINDINGS = {
    "exit_blocked": 0.2, "fire_equipment": 0.2, "electrical": 0.15, "fire_alarm": 0.12, "lighting": 0.1, "permit": 0.1,
    "gas": 0.05, "overcrowding": 0.04, "camera": 0.04,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Premises:
    """Premises: their number, place, kind, and chain if they belong to one."""

    name: str
    district: int
    place: int
    kind: str
    chain: str | None


def premises(world: World) -> list[Premises]:
    """All premises, the same in every call."""
    rng = world.rng("premises")
    found = []
    for district in range(world.plan.districts):
        places = world.city.of(district)
        weights = world.city.weight[places] / world.city.weight[places].sum()
        for number, place in enumerate(rng.choice(places, size=PREMISES, p=weights)):
            chain = f"chain-{int(rng.integers(CHAINS)):02d}" if rng.random() < IN_CHAIN else None
            found.append(Premises(f"premises-{number:04d}", district, int(place), ways.pick(rng, KINDS), chain))
    return found


def write(
    world: World, of: Premises, at_ms: int, outcome: str, findings: list[str], rectify_by: int | None = None
) -> Record:
    """Make an inspection and send it."""
    record: Record = {
        **records.header(world, "inspection", of.district, at_ms + 2 * HOUR_MS),
        **records.time(at_ms, at_ms + HOUR_MS),
        **records.at_place(world, of.place, 10.0),
        "premises": of.name,
        "premises_kind": of.kind,
        "chain": of.chain,
        "outcome": outcome,
        "findings": findings,
        "rectify_by": rectify_by,
        "corrected_at": None,
        **records.grading(),
        **records.release(),
    }
    world.send("inspection", record)
    return record


def add(world: World) -> None:
    """Send inspections and corrections; put what is overdue and what repeats into the truth."""
    rng = world.rng("inspections")
    everywhere = premises(world)
    count = rng.poisson(PER_DISTRICT_DAY * world.plan.districts * world.plan.days)
    days = np.sort(rng.integers(0, world.plan.days, size=count))
    done = []
    for day, number in zip(days, rng.integers(len(everywhere), size=count), strict=True):
        outcome = ways.pick(rng, OUTCOMES)
        findings = _findings(rng) if outcome in {"advised", "rectify", "closed"} else []
        done.append(_one(world, rng, everywhere[number], int(day), outcome, findings))
    for _ in range(world.many(OVERDUE_PER_DISTRICT_DAY, least=2)):
        of = everywhere[int(rng.integers(len(everywhere)))]
        day = int(rng.integers(0, max(1, world.plan.days - 6)))
        done.append(_one(world, rng, of, day, "rectify", _findings(rng), overdue=True))
    done += _planted_chains(world, rng, everywhere)
    _repeats(world, done)


def _findings(rng: Generator) -> list[str]:
    return sorted({ways.pick(rng, FINDINGS) for _ in range(int(rng.integers(1, 4)))})


def _one(
    world: World, rng: Generator, of: Premises, day: int, outcome: str, findings: list[str], *, overdue: bool = False
) -> Record:
    at = world.start_ms + day * DAY_MS + int(rng.uniform(9, 18) * HOUR_MS) // 60_000 * 60_000
    if outcome != "rectify":
        return write(world, of, at, outcome, findings)
    term = (3 if overdue else int(rng.choice([3, 5, 7, 14]))) * DAY_MS
    record = write(world, of, at, outcome, findings, at + term)
    overdue = overdue or rng.random() < OVERDUE
    corrected = at + int(term * (rng.uniform(1.1, 1.8) if overdue else rng.uniform(0.2, 0.95)))
    ids = [record["record_id"]]
    told = corrected + HOUR_MS
    if told < world.end_ms:
        world.send("inspection", records.revised(record, told, corrected_at=corrected))
    # Without word of a correction it is overdue, whatever may have been done.
    if record["rectify_by"] < min(told, world.end_ms):
        corrected_at = corrected if told < world.end_ms else None
        world.plant(
            "overdue_rectification",
            ids,
            1,
            premises=of.name,
            district=world.name(of.district),
            rectify_by=record["rectify_by"],
            not_before=record["rectify_by"],
            corrected_at=corrected_at,
            told_at=told if corrected_at else None,
        )
    return record


def _planted_chains(world: World, rng: Generator, everywhere: list[Premises]) -> list[Record]:
    """The same finding at the premises of one chain in several districts, within the run."""
    done = []
    for number in range(max(1, world.plan.districts // 3)):
        chain = f"chain-{number % CHAINS:02d}"
        members = [one for one in everywhere if one.chain == chain]
        finding = ("dangerous_goods", "emergency_plan", "access_control", "guards")[number % 4]
        for index in rng.permutation(len(members))[:5]:
            day = int(rng.integers(0, world.plan.days))
            done.append(_one(world, rng, members[int(index)], day, "rectify", [finding]))
    return done


def _repeats(world: World, done: list[Record]) -> None:
    """Every finding that three or more premises of a chain had in two or more districts, planted or by chance."""
    found: dict[tuple[str, str], list[Record]] = defaultdict(list)
    for record in done:
        for finding in record["findings"] if record["chain"] else ():
            found[record["chain"], finding].append(record)
    for (chain, finding), of in sorted(found.items()):
        places = {(record["district"], record["premises"]) for record in of}
        districts = sorted({district for district, _ in places})
        if len(places) >= 3 and len(districts) >= 2:
            ids = [record["record_id"] for record in of]
            world.plant("chain_repeat", ids, 3, chain=chain, finding=finding, districts=districts)
