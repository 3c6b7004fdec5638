"""How fast the join is: from the shared topic to links that are committed, exactly once, on the settings that ship.

The topic is filled first. The clock runs from the job's first record to the commit of the last link, so it holds the
warming of the JVM but not its start, which is told apart. The same then, on a slice, by plain Flink SQL.

``python -m bench.join [RECORDS]`` starts a stack of its own.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import Any

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
WINDOW_S = 5
LIMIT_S = 1_200.0
LOOK_EVERY_S = 0.25
LEVELS = ("read_committed", "read_uncommitted")


def run(settings: Settings, records: int = 1_000_000, density: int = 1) -> dict[str, Any]:
    """Join ``records`` incidents.

    Args:
        settings: of a running broker and registry with topics and subjects, and no jobs.
        records: how many of Toronto's, repeated in time.
        density: how many times as dense as Toronto; above 1 without the reference, which is slower with each pair.

    Returns:
        ``records``, ``pairs``, ``seconds``, ``records_per_s``, ``per_s_by_window`` (each 5 s), ``cpu_us_per_record``
        (the whole JVM, its start aside), ``seconds_with_start``, ``peak_rss_mb``; ``naive_records``,
        ``naive_records_per_s``, ``naive_cpu_us_per_record``, and ``ratio`` and ``cpu_ratio``, ours to it.

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
    began = time.monotonic()
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
    # Unless a look finds that nothing is read yet, it began when it was submitted.
    began, cpu, peak = time.monotonic(), jobs.cpu_s(), 0
    counts: list[tuple[float, int]] = []
    read_at_ms: int | None = None
    link = contracts.get("link").topic("result").name
    seen = [
        Consumer({**settings.kafka.client(), "group.id": "bench-join", "isolation.level": level}) for level in LEVELS
    ]
    limit = time.monotonic() + LIMIT_S
    while time.monotonic() < limit:
        jobs.check()
        try:
            read, checkpointed_ms = jobs.read(job_id), jobs.checkpoint(job_id)["began_ms"]
        except rest.FlinkUnreachable:
            continue  # plain SQL keeps both cores so busy that an answer may come late
        now, spent = time.monotonic(), jobs.cpu_s()
        if read == 0:
            began, cpu = now, spent
        counts.append((now, read))
        peak = max(peak, jobs.resident_mb())
        # All is read; then a checkpoint that began later is complete, and it came after every record; then its
        # transactions are committed.
        if read >= records and read_at_ms is None:
            read_at_ms = time.time_ns() // 1_000_000
        if read_at_ms and checkpointed_ms > read_at_ms and _committed(seen, link):
            for consumer in seen:
                consumer.close()
            return {
                "seconds": round(time.monotonic() - began, 2),
                "per_s_by_window": _windows(began, counts),
                "cpu_s": spent - cpu,
                "peak_rss_mb": peak,
                "began": began,
            }
        time.sleep(LOOK_EVERY_S)
    raise BenchFailed(f"{name} did not end in {LIMIT_S:.0f} s")


def _committed(readers: list[Consumer], topic: str) -> bool:
    """Whether no record of the topic waits for its transaction: a reader of committed ones has the same end."""
    committed, written = (end_offsets(consumer, topic) for consumer in readers)
    return committed == written


def _windows(began: float, counts: list[tuple[float, int]]) -> list[int]:
    """Records a second in each window of the run."""
    rates, before = [], 0
    last = counts[-1][0]
    for end in range(WINDOW_S, int(last - began) + WINDOW_S, WINDOW_S):
        until = [read for at, read in counts if at <= began + end]
        length = min(WINDOW_S, last - began - (end - WINDOW_S))
        if until and length > 1:
            rates.append(round((until[-1] - before) / length))
            before = until[-1]
    return rates


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
        print_json(data=run(settings, int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000))


if __name__ == "__main__":
    main()
