"""Random worlds, each twice: with records that one district may not see, and without them."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import Any, NamedTuple

from hypothesis import strategies as st

from tests.flow.join_world import BEGAN_MS, DAY_MS, Record, incident
from tests.flow.retraction_world import Mailbox, after, stub

WITH, WITHOUT = "hid-x", "hid-y"
SHIFT_MS = 56 * DAY_MS
"""How much later the world without hidden records plays: whole windows, so that identities fall alike."""
TIMES = ("occurred_from", "a_occurred_from", "b_occurred_from", "first_occurred_from", "last_occurred_from", "expires")
SENT = ("sent", "effective", "gated_at", "identifier", "references")
DATE = re.compile(r"\d+ \w+ \d{4} \d\d:\d\d UTC")


class Spot(NamedTuple):
    """One incident: its owner, steps of 20 m and hours from the world's own, and what befalls it."""

    owner: str
    step: int
    hours: int
    fate: str


Fates = st.sampled_from(["stays", "stays", "moves", "goes"])
Visible = st.builds(Spot, st.sampled_from("ab"), st.integers(0, 8), st.integers(0, 90), Fates)
Hidden = st.builds(Spot, st.sampled_from("bc"), st.integers(0, 8), st.integers(0, 90), Fates)
World = st.tuples(st.lists(Visible, min_size=3, max_size=3), st.lists(Hidden, min_size=1, max_size=4), st.randoms())


def records(number: int, world: tuple[list[Spot], list[Spot], Any], side: str) -> tuple[list[Record], list[Record]]:
    """What a world publishes first, and what then befalls it; hidden ones only on the side that has them."""
    visible, hidden, random = world
    readers = [f"{side}-a", f"{side}-b"]
    first = [_incident(number, f"v{row}", spot, side, readers) for row, spot in enumerate(visible)]
    changes = [_fate(record, spot) for record, spot in zip(first, visible, strict=True)]
    if side == WITHOUT:
        return first, [*filter(None, changes)]
    unseen = [_incident(number, f"h{row}", spot, side, [f"{side}-b", f"{side}-c"]) for row, spot in enumerate(hidden)]
    for record in unseen:  # anywhere among the others, whose order stays
        first.insert(random.randrange(len(first) + 1), record)
    for record, spot in zip(unseen, hidden, strict=True):
        changes.insert(random.randrange(len(changes) + 1), _fate(record, spot))
    return first, [*filter(None, changes)]


def _incident(number: int, name: str, spot: Spot, side: str, readers: list[str]) -> Record:
    district = f"{side}-{spot.owner}"
    time_ms = BEGAN_MS + spot.hours * 3_600_000 + (SHIFT_MS if side == WITHOUT else 0)
    return incident(
        f"{district}:{number}-{name}",
        district,
        time_ms,
        -30 + number * 0.1,
        10 + spot.step * 0.0002,
        visible_to=readers,
    )


def _fate(record: Record, spot: Spot) -> Record | None:
    if spot.fate == "moves":
        return after(record, lon=record["lon"] + 0.5)
    return stub(record) if spot.fate == "goes" else None


def told(box: Mailbox, side: str) -> dict[str, list[Any]]:
    """What a district was given, in order for each key, without what differs between both sides by their making.

    Alerts of two places of a world come in any order.
    """
    found: dict[str, list[Any]] = defaultdict(list)
    for kind, messages in box.messages.items():
        for key, record in messages:
            name = key if record is None or kind != "alert" else f"alert of {record['incidents'][0].split('-v')[0]}"
            found[_plain(name, side)].append(None if record is None else _alike(record, side))
    return {key: sorted(given, key=repr) if key.startswith("alert") else given for key, given in found.items()}


def _alike(record: Record, side: str) -> Record:
    later = SHIFT_MS if side == WITHOUT else 0
    kept = {name: value for name, value in record.items() if name not in SENT}
    return {name: value - later if name in TIMES else _plain(value, side) for name, value in kept.items()}


def _plain(value: Any, side: str) -> Any:
    if isinstance(value, str):
        return DATE.sub("then", value.replace(side, "hid"))
    return [_plain(each, side) for each in value] if isinstance(value, list | tuple) else value
