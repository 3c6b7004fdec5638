"""Incidents for the join's tests, put straight into the shared stream, and the links that came of them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import polars as pl
from confluent_kafka import Consumer, Producer, TopicPartition

from infra.local import endpoints
from jobs import rest
from jobs.columns import end_offsets, read_topic
from jobs.patterns.linked_incidents.reference import PairSettings, pairs
from jobs.patterns.linked_incidents.shared import link_rows, read_shared
from jobs.tables import group
from schemas import contracts
from streams.codec import Encoder
from streams.group_places import committed_places
from streams.registry import ConfluentRegistry
from streams.settings import Settings

DAY_MS = 86_400_000
BEGAN_MS = 1_420_070_400_000
SHARED = contracts.get("incident")
LINK = contracts.get("link")
LINK_COLUMNS = [field.name for field in LINK.fields("result")]
BLANK = {"timestamp": BEGAN_MS, "string": "unknown", "boolean": False, "int": 1, "long": 0, "double": 0.0, "float": 0.0}
PARTITIONS = SHARED.topic("shared").partitions
Record = dict[str, Any]


def incident(record_id: str, district: str, time_ms: int, lat: float, lon: float, **more: Any) -> Record:
    """A whole record of the shared stream."""
    record = {
        field.name: [] if field.array else None if field.nullable else BLANK[field.kind]
        for field in SHARED.fields("shared")
    }
    given = {
        "record_id": record_id,
        "district": district,
        "occurred_from": int(time_ms),
        "lat": float(lat),
        "lon": float(lon),
    }
    return (
        record | {"revision": 1, "category": "burglary", "offence": "burglary", "visible_to": [district]} | given | more
    )


def scattered(
    name: str, count: int, lat: tuple[float, float], lon: tuple[float, float], days: float, seed: int
) -> list[Record]:
    """Incidents of five districts strewn over a box and a stretch of time; ties in place and time, and some copies."""
    random = np.random.default_rng(seed)
    made = []
    for number in range(count):
        district = f"{name}-{random.integers(5)}"
        at = random.uniform(*lat), random.uniform(*lon)
        if random.random() < 0.3:  # snapped to a corner, at midnight, as real ones are
            at = round(at[0], 2), round(at[1], 2)
        time_ms = BEGAN_MS + int(random.uniform(0, days) * DAY_MS)
        if random.random() < 0.3:
            time_ms -= time_ms % DAY_MS
        readers = sorted({district, *(f"{name}-{other}" for other in random.integers(0, 5, 2))})
        category = ("burglary", "robbery")[random.integers(2)]
        made.append(incident(f"{district}:{number}", district, time_ms, *at, category=category, visible_to=readers))
    return made + [made[index] for index in random.integers(0, count, count // 20)]


def publish(stack: Settings, records: Iterable[Record], partition: int | None = None) -> None:
    """Write records in their order; each district has a partition, as the gate gives it one."""
    encode = Encoder(ConfluentRegistry(stack), SHARED.subject("shared"), SHARED.avro("shared"))
    producer = Producer({**stack.kafka.client(), "linger.ms": 20})
    for record in records:
        where = partition if partition is not None else sum(record["district"].encode()) % PARTITIONS
        producer.produce(SHARED.topic("shared").name, encode(record), record["record_id"], partition=where)
        producer.poll(0)
    producer.flush()


class Jobs:
    """The jobs process with the join alone, unless ``patterns`` says more, in a data folder of its own."""

    patterns: tuple[str, ...] = ("linked_incidents",)

    def __init__(self, stack: Settings, data: Path, **environment: str) -> None:
        self._stack, self.data = stack, data
        endpoints.publish(stack.model_copy(update={"data_dir": data}))
        own = {"CROSSBEAT_DATA_DIR": str(data), "CROSSBEAT_CACHE_DIR": str(stack.cache)}
        self._environment = own | environment
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it; it goes on from its checkpoints, if it has any."""
        self.data.mkdir(parents=True, exist_ok=True)
        with (self.data / "jobs.log").open("ab") as out:
            command = [sys.executable, "-m", "jobs.run", *self.patterns]
            self._process = subprocess.Popen(command, env=os.environ | self._environment, stdout=out, stderr=out)

    def check(self) -> None:
        """Fail with its log if it has ended."""
        assert self._process is not None and self._process.poll() is None, (self.data / "jobs.log").read_text()[-4000:]

    def counted(self) -> dict[str, Any]:
        """Its counters, none before it runs."""
        try:
            return dict(json.loads((self.data / "run" / "jobs.json").read_text()))
        except FileNotFoundError:
            return {}

    def kill(self) -> None:
        """As a power cut would; the JVM is found by its log file, and killed as well."""
        assert self._process is not None
        children = subprocess.run(
            ["ps", "--ppid", str(self._process.pid), "-o", "pid="], capture_output=True, text=True, check=False
        )
        self._process.kill()
        for child in children.stdout.split():
            os.kill(int(child), 9)
        self._process.wait(10)

    def stop(self) -> int:
        """Stop it cleanly; gives its exit code."""
        if self._process is None:
            return 0
        self._process.terminate()
        return self._process.wait(60)

    def caught_up(self, within_s: float = 150) -> None:
        """Wait until it has read all that the shared stream holds and committed what came of it.

        Flink commits its places with the broker, and while no record comes it does so up to ten seconds late; its own
        figures tell sooner.
        """
        consumer = Consumer({**self._stack.kafka.client(), "group.id": group("linked_incidents")})
        topic = SHARED.topic("shared").name
        limit = time.monotonic() + within_s
        read_at_ms = 0
        try:
            while time.monotonic() < limit:
                self.check()
                ends = {partition: end for partition, end in end_offsets(consumer, topic).items() if end}
                places = committed_places(consumer, [TopicPartition(topic, partition) for partition in ends])
                kept = {place.partition: place.offset for place in places}
                if all(kept[partition] >= end for partition, end in ends.items()):
                    return
                with suppress(rest.FlinkUnreachable):
                    job, read = self._read(topic)
                    if read_at_ms and job and rest.checkpoint(*job)["began_ms"] > read_at_ms:
                        return
                    if all(max(kept[partition], read.get(partition, 0)) >= end for partition, end in ends.items()):
                        read_at_ms = read_at_ms or time.time_ns() // 1_000_000
                time.sleep(0.5)  # what is asked costs Flink more than the records of a test
        finally:
            consumer.close()
        raise AssertionError(
            f"the join did not catch up: {self.counted()}\n{(self.data / 'jobs.log').read_text()[-2000:]}"
        )

    def _read(self, topic: str) -> tuple[tuple[str, str] | None, dict[int, int]]:
        """Its address and job, if it runs, and how far its source has read each partition since it runs."""
        counted, place = self.counted(), f".topic.{topic.replace('.', '_')}.partition."
        if self._process is None or counted.get("pid") != self._process.pid or "rest_url" not in counted:
            return None, {}
        url, read = str(counted["rest_url"]), dict[int, int]()
        job_id = rest.job_ids(url).get("linked_incidents")
        if job_id is None:
            return None, {}
        for vertex in rest.get(url, f"/jobs/{job_id}")["vertices"]:
            path = f"/jobs/{job_id}/vertices/{vertex['id']}/subtasks/metrics"
            names = [one["id"] for one in rest.get(url, path) if place in one["id"]]
            names = [name for name in names if name.endswith(".currentOffset")]
            for row in rest.get(url, f"{path}?get={','.join(names)}&agg=max") if names else ():
                read[int(row["id"].rsplit(".", 2)[1])] = int(row["max"]) + 1
        return (url, job_id), read


def links(stack: Settings, name: str) -> pl.DataFrame:
    """All committed links between districts whose names begin so."""
    consumer = Consumer({**stack.kafka.client(), "group.id": "join-tests", "isolation.level": "read_uncommitted"})
    ends = end_offsets(consumer, LINK.topic("result").name)  # beyond what is open now: reading waits for its commit
    consumer.close()
    read = read_topic(
        stack, ConfluentRegistry(stack), LINK.topic("result").name, LINK.avro("result"), LINK_COLUMNS, ends=ends
    )
    mine = pl.col("a_district").str.starts_with(name) & pl.col("b_district").str.starts_with(name)
    return read.records.filter(mine).select(LINK_COLUMNS)


def expected(stack: Settings, name: str, settings: PairSettings | None = None) -> pl.DataFrame:
    """The links that brute force gives for the same."""
    settings = settings or PairSettings()
    incidents = read_shared(stack, settings.match_on)
    rows = list(link_rows(incidents, pairs(incidents, settings)))
    mine = [row for row in rows if row["a_district"].startswith(name) and row["b_district"].startswith(name)]
    return pl.DataFrame(mine, infer_schema_length=None).select(LINK_COLUMNS)


def assert_same(found: pl.DataFrame, wanted: pl.DataFrame) -> None:
    """Each link once, all as brute force has them, in every column."""
    assert found["link_id"].is_unique().all()
    assert set(found["link_id"]) == set(wanted["link_id"])
    times = [pl.col("a_occurred_from").cast(pl.Int64), pl.col("b_occurred_from").cast(pl.Int64)]
    one, other = (frame.with_columns(times).sort("link_id") for frame in (found, wanted))
    for column in LINK_COLUMNS:
        if column in ("metres", "lat", "lon"):
            assert (one[column] - other[column]).abs().max() <= (0.1 + 1e-9 if column == "metres" else 1e-12), column
        else:
            assert one[column].to_list() == other[column].to_list(), column
