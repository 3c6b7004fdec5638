"""A vehicle read that no look-out asks for is nowhere: no topic but the district's own, no memory, state or table."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import OFFSET_BEGINNING, Consumer, KafkaError, TopicPartition

from bench import gate_world as world
from connectors.loader.store import connect
from schemas import contracts
from streams.codec import Decoder, Record
from streams.gate.options import Gate
from streams.gate.store import RocksMemory
from streams.registry import ConfluentRegistry
from streams.settings import Settings
from tests.flow.join_world import Jobs
from tests.flow.test_gate_types import NEIGHBOUR, OWNER, body, publish, running, until_judged

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
ASKED, OTHER = f"k1:{'a7' * 32}", f"k1:{'b8' * 32}"
HIT, MISSED = f"{OWNER}:read-asked-for", f"{OWNER}:read-let-go"
DAY_MS = 86_400_000
NOW = int(time.time() * 1000)


class LookoutJobs(Jobs):
    """The pattern alone."""

    patterns = ("lookout_hit",)


def read(record_id: str, token: str, at: int) -> Record:
    """A read within reach of the neighbour, who is told then as well."""
    return body(
        "camera_event", record_id=record_id, kind="vehicle_read", vehicle_token=token, value=None,
        occurred_from=at, occurred_to=at, recorded_at=at,
        lon=world.WEST + world.WIDTH - 0.001,
    )  # fmt: skip


def everything(settings: Settings) -> Iterator[tuple[str, bytes]]:
    """Each message of each topic but the districts' own, what was never committed included: topic, key and value."""
    consumer = Consumer(
        settings.kafka.client()
        | {"group.id": "lookout-kept", "isolation.level": "read_uncommitted", "enable.partition.eof": True}
    )
    topics = consumer.list_topics(timeout=10).topics
    places = [
        TopicPartition(name, partition, OFFSET_BEGINNING)
        for name, topic in topics.items()
        if not name.startswith((f"{OWNER}.", f"{NEIGHBOUR}."))
        for partition in topic.partitions
    ]
    consumer.assign(places)
    left = len(places)
    while left:
        for message in consumer.consume(1_000, 0.5):
            error = message.error()
            if error is not None:
                assert error.code() == KafkaError._PARTITION_EOF, error
                left -= 1
            else:
                yield str(message.topic()), (message.key() or b"") + (message.value() or b"")
    consumer.close()


def alerts(settings: Settings) -> list[Record]:
    contract = contracts.get("alert")
    decode = Decoder(ConfluentRegistry(settings), contract.avro("result"))
    found = [decode(raw) for raw in world.read_committed(settings, contract.topic("result").name)]
    return [one for one in found if isinstance(one, dict)]


@contextmanager
def at_work(jobs: Jobs) -> Iterator[None]:
    jobs.start()
    try:
        yield
    finally:
        code = jobs.stop()
    assert code == 0, (jobs.data / "jobs.log").read_text()[-3000:]


def until(what: Callable[[], bool], jobs: Jobs) -> None:
    limit = time.monotonic() + 120
    while not what():
        jobs.check()
        assert time.monotonic() < limit, f"{jobs.counted()}\n{(jobs.data / 'jobs.log').read_text()[-3000:]}"
        time.sleep(0.5)


def tables_with(settings: Settings, needle: str) -> set[str]:
    """The tables with a row that has a text anywhere."""
    client, database = connect(settings), settings.clickhouse.database
    every = f"SELECT name FROM system.tables WHERE database = '{database}' AND engine != 'View'"
    return {
        name
        for (name,) in client.query(every).result_rows
        if client.query(
            f"SELECT count() FROM `{database}`.`{name}` WHERE position(toString(tuple(*)), '{needle}') > 0"
        ).result_rows[0][0]
    }


def test_a_read_that_nobody_asks_for_is_kept_nowhere(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack: Settings = fresh_stack(workers=("loader",)).start()
    gate = Gate(instance="gate-lookout", group="gate-lookout")
    kafka = stack.kafka.model_copy(update={"accounts": {}})
    settings = stack.model_copy(update={"data_dir": tmp_path / "gate-data", "gate": gate, "kafka": kafka})
    world.join_districts(settings, [OWNER, NEIGHBOUR])
    world.make_topics(settings, [OWNER, NEIGHBOUR])
    jobs, started = LookoutJobs(stack, tmp_path / "jobs"), time.time()
    asked = body(
        "lookout", vehicle_token=ASKED, authorised_at=NOW - DAY_MS, recorded_at=NOW - DAY_MS, expires_at=NOW + DAY_MS
    )
    with at_work(jobs):
        with running(settings):
            publish(settings, "lookout", [asked])
            until_judged(settings, 1, started)
            publish(
                settings,
                "camera_event",
                [
                    read(HIT, ASKED, NOW - 5_000),
                    read(MISSED, OTHER, NOW - 4_000),
                    read(f"{MISSED}-old", ASKED, NOW - 2 * DAY_MS),
                ],
            )
            until_judged(settings, 4, started)
            until(lambda: {one["recipient"] for one in alerts(settings)} == {OWNER, NEIGHBOUR}, jobs)
        landed = connect(stack)
        until(lambda: landed.query("SELECT sum(reads) FROM read_counts FINAL").result_rows == [(3,)], jobs)
        until(lambda: tables_with(stack, HIT) >= {"camera_events", "alerts"}, jobs)
    assert [one["incidents"] for one in alerts(settings)] == [sorted([f"{OWNER}:lookout", HIT])] * 2

    # Each search finds what was asked for, so that it would have found the other.
    messages = list(everything(settings))
    assert {topic for topic, raw in messages if HIT.encode() in raw} >= {"shared.camera_event.v1", "alert.v1"}
    assert [topic for topic, raw in messages if MISSED.encode() in raw or OTHER.encode() in raw] == []

    memory = RocksMemory(settings.data / "gate" / gate.instance)
    hit, *missed = memory.lookup([HIT, MISSED, f"{MISSED}-old"])
    memory.close()
    assert hit is not None
    assert missed == [None, None]

    state = b"".join(path.read_bytes() for path in (jobs.data / "flink" / "checkpoints").rglob("*") if path.is_file())
    assert ASKED.encode() in state
    assert OTHER.encode() not in state
    assert MISSED.encode() not in state

    assert tables_with(stack, MISSED) == tables_with(stack, OTHER) == tables_with(stack, ASKED) == set()
    figures = connect(stack).query("SELECT district, reads, asked_for, hits FROM lookout_figures ORDER BY district")
    assert figures.result_rows == [(OWNER, 3, 1, 1), (NEIGHBOUR, 0, 0, 1)]
