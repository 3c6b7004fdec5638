"""Records that come late, twice, out of order, or bad; each is listed in the truth with what was done to it.

A bad record is a damaged copy under an id of its own, so that nothing planted is lost by it. All bad records can still
be written as Avro: a record that cannot is a matter for the codec's own tests.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from connectors.simulate.city import Generator
from connectors.simulate.statistics import DAY_MS
from connectors.simulate.world import Record, Sent, World

LATE = 0.012
TWICE = 0.005
OUT_OF_ORDER = 0.02
BAD = 0.003
MINUTE_MS = 60_000
YEARS_50_MS = 50 * 365 * DAY_MS
CODED = {
    "incident": "offence", "patrol": "kind", "camera_event": "kind", "online_report": "kind", "inspection": "outcome",
    "duty": "shift_group", "lookout": "reason", "retraction": "reason",
}  # fmt: skip


class Damage(NamedTuple):
    """One way of spoiling a record: the reason and field that a check should name, and whether a record allows it."""

    reason: str
    field: Callable[[str], str]
    allowed: Callable[[str, Record], bool]
    change: Callable[[str, Record], dict[str, Any]]


def _text(kind: str) -> str:
    return {"incident": "description", "online_report": "text"}.get(kind, "")


def _crossed(_: str, record: Record) -> dict[str, Any]:
    return {"occurred_to": record["occurred_from"] - DAY_MS}


def _future(_: str, record: Record) -> dict[str, Any]:
    return {"recorded_at": record["recorded_at"] + YEARS_50_MS}


def _unknown_code(kind: str, _: Record) -> dict[str, Any]:
    return {CODED[kind]: "no-such-code"}


DAMAGES = (
    Damage("bad_value", CODED.__getitem__, lambda kind, _: kind in CODED, _unknown_code),
    Damage("bad_place", lambda _: "lat", lambda _, one: one.get("lat") is not None, lambda *_: {"lat": 143.7}),
    Damage("bad_time", lambda _: "occurred_from", lambda _, one: "occurred_from" in one, _crossed),
    Damage("bad_time", lambda _: "recorded_at", lambda *_: True, _future),
    Damage("too_large", _text, lambda kind, _: bool(_text(kind)), lambda kind, _: {_text(kind): "x" * 5_000}),
)


def add(world: World) -> None:
    """Change what was sent; shares are of all records, those of later look-outs' and duties' lateness left out."""
    rng = world.rng("faults")
    chance = rng.random(len(world.sent))
    extra: list[Sent] = []
    for index, sent in enumerate(world.sent):
        name = {"record_id": sent.record["record_id"], "revision": sent.record["revision"]}
        one = chance[index]
        if one < LATE and sent.kind not in {"duty", "lookout"}:
            late_ms = int(rng.uniform(0.5, 9) * DAY_MS)
            world.sent[index] = sent._replace(arrived_at=sent.arrived_at + late_ms)
            world.truth["late"].append(name | {"late_ms": late_ms})
        elif LATE <= one < LATE + TWICE:
            extra.append(sent._replace(arrived_at=sent.arrived_at + int(rng.uniform(0.1, 120) * MINUTE_MS)))
            world.truth["sent_twice"].append(name)
        elif LATE + TWICE <= one < LATE + TWICE + OUT_OF_ORDER:
            delay_ms = int(rng.uniform(2, 60) * MINUTE_MS)
            world.sent[index] = sent._replace(arrived_at=sent.arrived_at + delay_ms)
            world.truth["out_of_order"].append(name | {"delay_ms": delay_ms})
        elif one > 1 - BAD:
            extra.append(_spoil(world, rng, sent))
    world.sent += extra


def _spoil(world: World, rng: Generator, sent: Sent) -> Sent:
    number = world.city.names.index(sent.district)
    copy = sent.record | {"record_id": world.mint(number, sent.kind)}
    # One in six is a good record but for the district that it claims to be from.
    if rng.random() < 1 / 6:
        claimed = world.city.names[(number + 1) % len(world.city.names)]
        reason, field, copy = "wrong_district", "district", copy | {"district": claimed}
    else:
        possible = [one for one in DAMAGES if one.allowed(sent.kind, copy)]
        damage = possible[int(rng.integers(len(possible)))]
        reason, field = damage.reason, damage.field(sent.kind)
        copy = copy | damage.change(sent.kind, copy)
    world.truth["bad"].append(
        {
            "record_id": copy["record_id"],
            "district": sent.district,
            "record_type": sent.kind,
            "reason": reason,
            "field": field,
        }
    )
    return sent._replace(record=copy, arrived_at=sent.arrived_at + 1_000)
