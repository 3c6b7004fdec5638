"""How fast the join is: from the shared topic to links that are committed, exactly once, on the settings that ship.

The topic is filled first. The clock runs from when the job's sources begin to the commit of the last link, so it holds
the warming of the JVM but not its start, which is told apart. The same then, on a slice, by plain Flink SQL.

``python -m bench.join [RECORDS]`` starts a stack of its own.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any, NamedTuple

from confluent_kafka import Consumer
from confluent_kafka.admin import AdminClient

from bench import jobs_process, join_world
from bench.jobs_process import BenchFailed, Jobs
from infra.local import parts
from infra.local.workers import FLINK_JARS
from infra.provision.acls import Acls, Right
from jobs import rest, tables
from jobs.columns import end_offsets, read_topic
from schemas import contracts
from streams.registry import ConfluentRegistry
from streams.settings import Settings

NAIVE = str(Path(__file__).parent / "patterns" / "naive")
SLICE = 50_000
"""As long as plain SQL keeps both cores to itself, Flink does not answer; after a minute of that the jobs give up."""
LIMIT_S = 1_200.0
LOOK_EVERY_S = 0.25
ASK_EVERY_S = 2.0
"""Flink counts no more often, and each answer takes its time from the join."""
LEVELS = ("read_committed", "read_uncommitted")


class Look(NamedTuple):
    """At a time (s since the epoch): processor seconds of the JVM so far, the sum of the ends of what is committed."""

    at: float
    cpu_s: float
    committed: int


def run(settings: Settings, records: int = 3_000_000, density: int = 1) -> dict[str, Any]:
    """Join ``records`` incidents.

    Args:
        settings: of a running broker and registry with topics and subjects, and no jobs.
        records: how many of Toronto's, repeated in time.
        density: how many times as dense as Toronto; above 1 without the reference, which is slower with each pair.

    Returns:
        ``records``, ``pairs``, ``seconds``, ``records_per_s``, ``second_half_per_s`` (from the commit of half of the
        pairs on, when the JVM is warm), ``cpu_us_per_record`` (the whole JVM, its start aside), ``seconds_with_start``,
        ``peak_rss_mb``; ``naive_records``, ``naive_records_per_s``, ``naive_cpu_us_per_record``, and ``ratio`` and
        ``cpu_ratio``, ours to it.

    Raises:
        BenchFailed: a job ended, or found other pairs than brute force.
    """
    parts.ensure(FLINK_JARS, settings)
    if density > 1:
        join_world.preload(settings, 0, records, density)
        return _measure(settings, "linked_incidents", records)
    _let_in(settings, NAIVE)
    part = min(SLICE, records)
    join_world.preload(settings, 0, part)
    naive = _measure(settings, NAIVE, part)
    join_world.preload(settings, part, records)
    ours = _measure(settings, "linked_incidents", records)
    return ours | {
        "naive_records": part,
        "naive_records_per_s": naive["records_per_s"],
        "naive_cpu_us_per_record": naive["cpu_us_per_record"],
        "ratio": round(ours["records_per_s"] / naive["records_per_s"], 1),
        "cpu_ratio": round(naive["cpu_us_per_record"] / ours["cpu_us_per_record"], 1),
    }


def _let_in(settings: Settings, name: str) -> None:
    """Give the jobs' account what a pattern that is none of ours needs beside theirs."""
    group = tables.group(Path(name).name)
    own: list[Right] = [Right("group", group, "read"), Right("transactional_id", f"{group}-", "write", prefixed=True)]
    Acls(AdminClient({**settings.kafka.client("admin")})).give({"jobs": own})


def _measure(settings: Settings, name: str, records: int) -> dict[str, Any]:
    """Run one pattern over all of the shared topic, from nothing."""
    began = time.time()
    with jobs_process.at_work(settings, [name]) as jobs:
        result = _watch(settings, jobs, Path(name).name, records)
    result["seconds_with_start"] = round(result["seconds"] + result.pop("began") - began, 1)
    pairs = _pairs(settings, Path(name).name)
    wanted = join_world.brute_force(settings)
    if pairs != wanted:
        raise BenchFailed(f"{name} found {pairs} pairs, brute force {wanted}")
    rate = round(records / result["seconds"])
    cpu = round(result.pop("cpu_s") * 1e6 / records, 1)
    return {"records": records, "pairs": pairs, "records_per_s": rate, "cpu_us_per_record": cpu} | result


def _watch(settings: Settings, jobs: Jobs, name: str, records: int) -> dict[str, Any]:
    (job_id,) = jobs.job_ids().values()
    peak = 0
    looks: list[Look] = []
    read_at_ms: int | None = None
    link = contracts.get("link").topic("result").name
    seen = [
        Consumer({**settings.kafka.client(), "group.id": "bench-join", "isolation.level": level}) for level in LEVELS
    ]
    asked = 0.0
    limit = time.monotonic() + LIMIT_S
    while time.monotonic() < limit:
        time.sleep(LOOK_EVERY_S)
        jobs.check()
        looks.append(Look(time.time(), jobs.cpu_s(), sum(end_offsets(seen[0], link).values())))
        if time.monotonic() < asked + ASK_EVERY_S:
            continue
        asked = time.monotonic()
        peak = max(peak, jobs.resident_mb())
        try:
            read, checkpointed_ms = jobs.read(job_id), jobs.checkpoint(job_id)["began_ms"]
        except rest.FlinkUnreachable:
            continue  # plain SQL keeps both cores so busy that an answer may come late
        # All is read; then a checkpoint that began later is complete, and it came after every record; then its
        # transactions are committed. By the time that this is seen, the last link has been there for seconds.
        if read >= records and read_at_ms is None:
            read_at_ms = time.time_ns() // 1_000_000
        if read_at_ms and checkpointed_ms > read_at_ms and _all_committed(seen, link):
            for consumer in seen:
                consumer.close()
            return _figures(jobs.reading_since(job_id), looks, records) | {"peak_rss_mb": peak}
    raise BenchFailed(f"{name} did not end in {LIMIT_S:.0f} s")


def _figures(began: float, looks: list[Look], records: int) -> dict[str, Any]:
    first, final = looks[0], looks[-1]
    last = next(look for look in looks if look.committed == final.committed)
    half = next(look for look in looks if look.committed - first.committed >= (final.committed - first.committed) / 2)
    return {
        "seconds": round(last.at - began, 2),
        # Pairs lie evenly in the stream, so half of them are half of the records.
        "second_half_per_s": round(records / 2 / (last.at - half.at)) if last.at > half.at else None,
        "cpu_s": last.cpu_s - first.cpu_s,
        "began": began,
    }


def _all_committed(readers: list[Consumer], topic: str) -> bool:
    """Whether no record of the topic waits for its transaction: a reader of committed ones has the same end."""
    committed, written = (end_offsets(consumer, topic) for consumer in readers)
    return committed == written


def _pairs(settings: Settings, name: str) -> int:
    """Committed links of a pattern; each must stand once."""
    link = contracts.get("link")
    registry = ConfluentRegistry(settings)
    topic = link.topic("result").name
    # To the very end, not the end of what is committed: the last commit may still be under way.
    consumer = Consumer({**settings.kafka.client(), "group.id": "bench-join", "isolation.level": "read_uncommitted"})
    ends = end_offsets(consumer, topic)
    consumer.close()
    read = read_topic(settings, registry, topic, link.avro("result"), ["link_id", "pattern"], ends=ends).records
    mine = read.filter(read["pattern"] == name)["link_id"]
    if not mine.is_unique().all():
        raise BenchFailed(f"{name} wrote a link more than once")
    return len(mine)


def main() -> None:
    """Print the figures of one run."""
    from rich import print_json

    from bench import stacks

    with stacks.stack() as (settings, _):
        print_json(data=run(settings, *map(int, sys.argv[1:2])))


if __name__ == "__main__":
    main()
