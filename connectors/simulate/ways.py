"""How an offence is done: drawn from the assumed shares, or kept to by a series, with slips and things unknown."""

from __future__ import annotations

from connectors.simulate.city import Generator
from connectors.simulate.parameters import assumed, measured
from connectors.simulate.world import Record

FIELDS = ("method_of_entry", "point_of_entry", "tool")
KEPT = 0.85
UNKNOWN = 0.12
WORDS = {"rear": "at the back", "front": "at the front", "side": "at the side", "upper": "on an upper floor"}


def pick(rng: Generator, shares: dict[str, float]) -> str:
    """One key by its share; shares need not sum to 1."""
    # A loop, not numpy: this is asked for every record, of a dozen shares at most.
    left = rng.random() * sum(shares.values())
    for key, share in shares.items():
        left -= share
        if left < 0:
            return key
    return key


def location(rng: Generator, offence: str) -> str:
    """The kind of place of an offence: its premises by the sample, the kind of place by those."""
    return pick(rng, assumed().places[pick(rng, measured().offences[offence].premises)])


def draw(rng: Generator, offence: str) -> Record:
    """How one offence of the background was done."""
    shares = assumed().ways.get(offence, {})
    way: Record = {name: pick(rng, shares[name]) if name in shares else None for name in FIELDS}
    return way | {"location_category": location(rng, offence)}


def keep(rng: Generator, offence: str, way: Record) -> Record:
    """How one offence of a series was done: as the series does it, most of the time, as far as that is known."""
    now = dict(way)
    other = draw(rng, offence)
    for name in (*FIELDS, "location_category"):
        chance = rng.random()
        if chance > KEPT:
            now[name] = other[name]
        elif name in FIELDS and way[name] is not None and chance < UNKNOWN:
            now[name] = "unknown"
    return now


def words(rng: Generator, way: Record) -> str | None:
    """A line on how it was done, for one record in three."""
    if rng.random() > 0.35 or way["method_of_entry"] in {None, "unknown"}:
        return None
    side = WORDS.get((way["point_of_entry"] or "").split("_")[0], "")
    by = "" if way["tool"] in {None, "unknown"} else f", {way['tool'].replace('_', ' ')} used"
    return f"{way['method_of_entry'].replace('_', ' ')} {side}".rstrip() + by
