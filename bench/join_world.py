"""What the bench of the join reads: Toronto's incidents, repeated in time, in the shared topic; brute force beside.

Each repetition is shifted by eight years, so that the density is that of the city, however many records there are; a
denser city has as many more in the same time.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import polars as pl

from bench.filling import Message, fill
from connectors.samples.toronto.prepare import prepare
from jobs.patterns.linked_incidents.reference import pairs
from jobs.patterns.linked_incidents.shared import read_shared
from schemas import contracts
from streams.flat import FlatEncoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

SHARED = contracts.get("incident")
SHIFT_MS = 2_922 * 86_400_000
CATEGORIES = {
    "Assault": "assault",
    "Auto Theft": "motor_vehicle_theft",
    "Break and Enter": "burglary",
    "Robbery": "robbery",
    "Theft Over": "larceny",
}
BLANK = {"timestamp": 0, "string": "unknown", "boolean": False, "int": 1, "long": 0, "double": 0.0, "float": 0.0}


def records(settings: Settings, first: int, last: int, density: int = 1) -> Iterator[dict[str, Any]]:
    """Records number ``first`` to ``last`` of the shared stream, in order of time; every district may see each."""
    rows = pl.read_parquet(prepare(settings.cache).file).filter(pl.col("occurred_at").dt.year().is_between(2014, 2021))
    rows = rows.select("offence", "lat", "lon", "district", pl.col("occurred_at").dt.epoch("ms"))
    readers = sorted(rows["district"].unique())
    blank = {f.name: [] if f.array else None if f.nullable else BLANK[f.kind] for f in SHARED.fields("shared")}
    columns = rows.rows()
    for number in range(first, last):
        again, index = divmod(number, rows.height)
        offence, lat, lon, district, at = columns[index]
        at = (at + again * SHIFT_MS) // density
        category = CATEGORIES[offence]
        yield blank | {
            "record_id": f"{district}:{again}-{index:06d}",
            "district": district,
            "recorded_at": at,
            "occurred_from": at,
            "occurred_to": at,
            "lat": lat,
            "lon": lon,
            "offence": category,
            "category": category,
            "visible_to": readers,
        }


def messages(settings: Settings, first: int, last: int, density: int = 1) -> Iterator[Message]:
    """These records for the shared topic, each district in its own partition, as the gate does."""
    encode = FlatEncoder(ConfluentRegistry(settings), SHARED, "shared")
    topic = SHARED.topic("shared")
    for record in records(settings, first, last, density):
        place = int(record["district"].removeprefix("ps")) % topic.partitions
        yield Message(topic.name, place, record["record_id"], encode(record))


def preload(settings: Settings, first: int, last: int, density: int = 1) -> None:
    """Add these records to the shared topic."""
    fill(settings, messages(settings, first, last, density))


def brute_force(settings: Settings) -> int:
    """How many pairs the topic holds."""
    return len(pairs(read_shared(settings)))
