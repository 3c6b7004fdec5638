"""The running join against brute force: dense places, ties, poles, the date line, copies, revisions, any order."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from confluent_kafka import Consumer

from jobs.columns import end_offsets, read_topic
from schemas import contracts
from streams.registry import ConfluentRegistry
from streams.settings import Settings
from tests.flow.join_world import (
    BEGAN_MS,
    DAY_MS,
    PARTITIONS,
    Jobs,
    assert_same,
    expected,
    incident,
    links,
    publish,
    scattered,
)
from tests.flow.retraction_world import after

pytestmark = [pytest.mark.server, pytest.mark.timeout(290)]
NAME = "join"
BY_PAIR = '{"linked_incidents": {"pair-b~pair-a": {"metres": 800, "days": 2}}}'


def strewn() -> list[dict[str, object]]:
    """All cases at once, in no order: a record of one case never comes near one of another."""
    records = [
        *scattered(f"{NAME}-dense", 1_500, (-48.03, -48.0), (30.0, 30.04), 40, 1),
        *scattered(f"{NAME}-dateline", 500, (-47.01, -47.0), (179.995, 180.0), 25, 2),
        *scattered(f"{NAME}-dateline", 500, (-47.01, -47.0), (-180.0, -179.995), 25, 3),
        *scattered(f"{NAME}-north", 600, (89.99, 90.0), (-180.0, 180.0), 30, 4),
        *scattered(f"{NAME}-south", 600, (-90.0, -89.99), (-180.0, 180.0), 30, 5),
    ]
    for number, record in enumerate(records):  # one number may stand twice in a district of two halves
        if "dateline" in str(record["district"]) and float(str(record["lon"])) < 0:
            records[number] = record | {"record_id": f"{record['record_id']}w"}
    random.Random(6).shuffle(records)
    return records


def test_join_equals_brute_force(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack: Settings = fresh_stack().start()
    publish(stack, strewn())
    jobs = Jobs(stack, tmp_path / "jobs", CROSSBEAT_PATTERNS=BY_PAIR)
    jobs.start()
    try:
        jobs.caught_up()
        wanted = expected(stack, NAME)  # of districts that have no settings of their own
        assert wanted.height > 1_000
        assert_same(links(stack, NAME), wanted)
        a_later_revision_counts(stack, jobs)
        two_districts_have_settings_of_their_own(stack, jobs)
        a_late_record_is_told(stack, jobs)
    finally:
        code = jobs.stop()
    assert code == 0, (tmp_path / "jobs" / "jobs.log").read_text()[-3000:]
    assert list((tmp_path / "jobs" / "flink" / "checkpoints" / "linked_incidents" / "savepoints").glob("*/_metadata"))


def a_later_revision_counts(stack: Settings, jobs: Jobs) -> None:
    """The second revision of ``a`` has come near ``c`` and is compared from then on; the first is forgotten."""
    here, near_c = (-46.0, 10.0), (-46.0, 10.006)
    publish(stack, [incident("rev-a:1", "rev-a", BEGAN_MS, *here), incident("rev-b:1", "rev-b", BEGAN_MS, *here)])
    publish(stack, [incident("rev-c:1", "rev-c", BEGAN_MS, -46.0, 10.008)])
    publish(stack, [incident("rev-a:1", "rev-a", BEGAN_MS + 5 * DAY_MS, *near_c, revision=2)] * 2)
    jobs.caught_up()
    publish(
        stack, [incident("rev-d:1", "rev-d", BEGAN_MS, -46.0, 10.0025), incident("rev-a:1", "rev-a", BEGAN_MS, *here)]
    )
    jobs.caught_up()
    found = links(stack, "rev").sort("link_id")
    pairs = found.select("link_id", "a_revision").rows()
    assert pairs == [("rev-a:1~rev-b:1", 1), ("rev-a:1~rev-c:1", 2), ("rev-a:1~rev-d:1", 2), ("rev-b:1~rev-d:1", 1)]
    assert found.filter(pl.col("link_id") == "rev-a:1~rev-d:1")["metres"].item() == pytest.approx(270.4, abs=0.5)


def two_districts_have_settings_of_their_own(stack: Settings, jobs: Jobs) -> None:
    """600 m are near between ``a`` and ``b`` and nowhere else; three days are far between them and nowhere else."""
    here, near, far = (-45.0, 10.0), (-45.0018, 10.0), (-45.0054, 10.0)  # 200 m and 600 m
    published = [
        incident("pair-a:1", "pair-a", BEGAN_MS, *here),
        incident("pair-b:600m", "pair-b", BEGAN_MS, *far),
        incident("pair-c:600m", "pair-c", BEGAN_MS, *far),
        incident("pair-b:3days", "pair-b", BEGAN_MS + 3 * DAY_MS, *near),
        incident("pair-c:3days", "pair-c", BEGAN_MS + 3 * DAY_MS, *near),
        incident("pair-b:900m", "pair-b", BEGAN_MS, -45.0081 + 0.0162, 10.0),
    ]
    publish(stack, [record | {"visible_to": ["pair-a"]} for record in published])
    jobs.caught_up()
    of_a = [tuple(sorted(one)) for one in links(stack, "pair").select("a_record_id", "b_record_id").rows()]
    assert sorted(one[1] for one in of_a if one[0] == "pair-a:1") == ["pair-b:600m", "pair-c:3days"]
    # One moves on from 200 m to 600 m, too far for its two districts, though within what the widest limit reaches.
    seen = {record["record_id"]: record | {"visible_to": ["pair-a"]} for record in published}
    publish(stack, [after(seen["pair-c:3days"], lat=-45.0054), after(seen["pair-b:600m"], lat=-45.0063)])
    jobs.caught_up()
    of_a = links(stack, "pair").filter(pl.col("a_record_id") == "pair-a:1").sort("b_record_id", "b_revision")
    assert of_a.select("b_record_id", "b_revision", "retracted").rows() == [
        ("pair-b:600m", 1, False),
        ("pair-b:600m", 2, False),
        ("pair-c:3days", 1, False),
        ("pair-c:3days", 2, True),
    ]


def a_late_record_is_told(stack: Settings, jobs: Jobs) -> None:
    """Once every district is past a time, a record from long before it is late, and says so."""
    ahead = BEGAN_MS + 200 * DAY_MS
    for partition in range(PARTITIONS):
        publish(stack, [incident(f"clock:{partition}", "clock", ahead, -45.0, partition)], partition)
    limit = time.monotonic() + 60
    while jobs.counted().get("linked_incidents.watermark", 0) < ahead - 2 * DAY_MS:
        assert time.monotonic() < limit, jobs.counted()
        jobs.check()
        time.sleep(0.3)
    publish(stack, [incident("late:1", "late", ahead - 100 * DAY_MS, -44.0, 5.0)])
    publish(stack, [incident("in-time:1", "in-time", ahead - 20 * DAY_MS, -44.0, 6.0)])
    jobs.caught_up()
    contract = contracts.get("late_record")
    topic, names = contract.topic("result").name, ["record_id", "occurred_from", "watermark", "late_by_hours"]
    consumer = Consumer({**stack.kafka.client(), "group.id": "join-tests", "isolation.level": "read_uncommitted"})
    ends = end_offsets(consumer, topic)
    consumer.close()
    late = read_topic(stack, ConfluentRegistry(stack), topic, contract.avro("result"), names, ends=ends).records
    assert late["record_id"].to_list() == ["late:1"]
    assert late["late_by_hours"].item() == pytest.approx(
        69 * 24, abs=0.01
    )  # 100 days, less 1 of disorder and 30 allowed
