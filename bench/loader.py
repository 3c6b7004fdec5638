"""How fast the loader lands the shared stream: rows a second from topic to table, with the real servers.

The topic is filled first. The clock runs from the first row that lands to the last row inserted and its offset
committed, so it holds neither the start of Python nor the joining of the consumer group.
"""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Iterator
from typing import Any

import h3
from confluent_kafka import KafkaError, KafkaException, Message, Producer

from connectors.loader.store import connect
from connectors.loader.worker import Loader
from infra import provision
from schemas import contracts
from streams.codec import Encoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

DISTRICTS = [f"beat-{number:02d}" for number in range(17)]
CATEGORIES = {"burglary": "burglary", "robbery": "robbery", "aggravated_assault": "assault"}
FIRST_MS = 1_514_764_800_000
YEAR_MS = 365 * 86_400_000
TEMPLATES = 20_000
# A record begins with its id: five bytes of frame, one of length, then the text.
ID_START, ID_LENGTH = 6, 24
TIMEOUT_S = 300


def run(settings: Settings, rows: int = 1_000_000) -> dict[str, Any]:
    """Fill the shared topic with `rows` incidents, land them, and say how fast.

    Args:
        settings: of a running stack that has no loader of its own.
        rows: how many incidents, each with an id of its own.

    Returns:
        ``rows``, ``seconds``, ``rows_per_s``, ``bytes_per_row``, and ``landed``: the rows that the table gained.
    """
    provision.apply(settings)
    run_id = f"{time.time_ns() // 1_000_000_000:08x}"[-8:]
    size = fill(settings, rows, run_id)
    client = connect(settings)
    count = "SELECT count() FROM incidents FINAL WHERE startsWith(record_id, {start:String})"
    began, stopping = time.monotonic(), threading.Event()
    loader = Loader(settings, stopping)
    while not loader.rows().get("incidents"):
        loader.step()
        if time.monotonic() - began > TIMEOUT_S:
            raise RuntimeError("no row landed: does the stack have a loader of its own? stop it for this bench")
    first, began = loader.rows()["incidents"], time.monotonic()
    loader.run(until=lambda: loader.rows()["incidents"] >= rows or time.monotonic() - began > TIMEOUT_S)
    seconds = time.monotonic() - began
    return {
        "rows": rows,
        "seconds": round(seconds, 2),
        "rows_per_s": round((loader.rows()["incidents"] - first) / seconds),
        "bytes_per_row": round(size / rows),
        "landed": int(client.command(count, parameters={"start": f"bench:{run_id}"})),
    }


def fill(settings: Settings, rows: int, run_id: str) -> int:
    """Publish `rows` framed incidents over all partitions; the bytes published."""
    topic = contracts.get("incident").topic("shared")
    contract = contracts.get("incident")
    encode = Encoder(ConfluentRegistry(settings), contract.subject("shared"), contract.avro("shared"))
    templates = [encode(incident(random.Random(number), number)) for number in range(min(rows, TEMPLATES))]  # noqa: S311
    producer = Producer(settings.kafka.client() | {"linger.ms": 50, "compression.type": "lz4", "batch.size": 1 << 20})
    size = 0
    for number, value in enumerate(_renamed(templates, rows, run_id)):
        size += len(value)
        while True:
            try:
                # Keyed: a topic that is compacted refuses what has no key.
                key = f"{run_id}:{number}".encode()
                producer.produce(topic.name, value, key, partition=number % topic.partitions, on_delivery=_taken)
                break
            except BufferError:
                producer.poll(0.1)
    producer.flush()
    return size


def _taken(error: KafkaError | None, _: Message) -> None:
    if error is not None:
        raise KafkaException(error)


def incident(chance: random.Random, number: int) -> dict[str, Any]:
    """A shared incident of usual size, as the gate would have written it."""
    district, at = DISTRICTS[number % len(DISTRICTS)], FIRST_MS + chance.randrange(YEAR_MS)
    offence = chance.choice(list(CATEGORIES))
    lat, lon = 43.6 + chance.random() / 5, -79.6 + chance.random() / 2.5
    cells = [h3.str_to_int(cell) for cell in h3.grid_disk(h3.latlng_to_cell(lat, lon, 9), 1)][:4]
    own = {
        "record_id": "x" * ID_LENGTH, "district": district, "revision": 1, "recorded_at": at + 3_600_000,
        "occurred_from": at, "occurred_to": at, "time_precision": "minute",
        "lat": lat, "lon": lon, "location_precision_m": 50.0,
        "offence": offence, "completion": "completed", "status": "open", "location_category": "residence",
        "grading_source": "reliable", "grading_information": "A", "statement": "fact",
        "release_to": ["all"], "release_purposes": ["prevention"], "release_handling": "P",
        "category": CATEGORIES[offence], "h3_9": cells[0],
        "near_cells": cells,
        "near_districts": DISTRICTS[:3], "place_district": district, "visible_to": DISTRICTS, "gated_at": at,
        "source_topic": f"{district}.incident.v1", "source_partition": 0, "source_offset": number,
        "retracted": False, "prior_visible_to": [],
    }  # fmt: skip
    return {field.name: own.get(field.name) for field in contracts.get("incident").fields("shared")}


def _renamed(templates: list[bytes], rows: int, run_id: str) -> Iterator[bytes]:
    """The templates over and over, each time with an id of its own: encoding a million anew would take a minute."""
    for number in range(rows):
        template = templates[number % len(templates)]
        name = f"bench:{run_id}".ljust(ID_LENGTH - 7, "-") + f"{number:07d}"
        yield template[:ID_START] + name.encode() + template[ID_START + ID_LENGTH :]
