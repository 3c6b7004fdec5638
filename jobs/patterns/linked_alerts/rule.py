"""Which alerts a set of links must raise, in plain Python: the yardstick for the Flink job, whatever the order.

A *triple* is three incidents x, c, y with links x-c and c-y whose ``occurred_from`` span at most the window. It belongs
to the identity of its earliest incident (of one moment: the smaller record id): pattern, category, cell of about 800 m,
stretch of time as long as the window. One alert an identity and recipient: an owner of one of the three incidents that
may see them all.
"""

from __future__ import annotations

import hashlib
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final, NamedTuple

DAY_MS: Final = 86_400_000
CELL_DEGREES: Final = 0.0072

Link = Mapping[str, Any]
"""A record of the link contract, its timestamps in milliseconds since 1970 UTC."""


class End(NamedTuple):
    """One incident of a link. Ends sort by time, then record id."""

    at: int
    record_id: str
    lat: float
    lon: float
    district: str


def identifiers(links: Iterable[Link], days: float = 14.0) -> set[str]:
    """The identifiers of the first alerts that the links raise, where none of them was taken back."""
    window = round(days * DAY_MS)
    return {
        identifier(link["pattern"], identity(link, min(three), window), recipient)
        for link, three, recipients in triples(links, window)
        for recipient in recipients
    }


def triples(links: Iterable[Link], window_ms: int) -> Iterator[tuple[Link, tuple[End, End, End], set[str]]]:
    """Every triple with one of its links and its recipients: two loops over the links of each centre."""
    around: dict[str, dict[str, tuple[End, End, frozenset[str], Link]]] = defaultdict(dict)
    for link in links:
        readers = frozenset(link["visible_to"])
        a, b = (_end(link, side) for side in "ab")
        around[a.record_id][b.record_id] = a, b, readers, link
        around[b.record_id][a.record_id] = b, a, readers, link
    for seen in around.values():
        linked = list(seen.values())
        for row, (centre, x, x_readers, link) in enumerate(linked):
            for _, y, y_readers, _ in linked[row + 1 :]:
                times = (x.at, centre.at, y.at)
                recipients = x_readers & y_readers & {x.district, centre.district, y.district}
                if max(times) - min(times) <= window_ms and recipients:
                    yield link, (x, centre, y), set(recipients)


def identity(link: Link, earliest: End, window_ms: int) -> str:
    """The identity that a triple belongs to, by its earliest incident."""
    row = math.floor(earliest.lat / CELL_DEGREES)
    # Rounded to three digits, so that every language and library puts a point into the same cell.
    cosine = math.floor(math.cos(math.radians((row + 0.5) * CELL_DEGREES)) * 1000 + 0.5) / 1000
    column = math.floor(earliest.lon / (CELL_DEGREES / max(0.001, cosine)))
    return _hashed(f"{link['pattern']}|{link['category']}|{row}|{column}|{earliest.at // window_ms}")


def identifier(pattern: str, identity: str, recipient: str, number: int = 1) -> str:
    """The identifier of the alert of that number, counted from 1, that a recipient has of an identity."""
    return f"{pattern}:{_hashed(f'{identity}|{recipient}|{number}')}"


def _hashed(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _end(link: Link, side: str) -> End:
    at, name, lat, lon = (link[f"{side}_{field}"] for field in ("occurred_from", "record_id", "lat", "lon"))
    return End(at, name, lat, lon, link[f"{side}_district"])
