"""How fast every pattern is together: a simulated city's records of all types, as the gate passes them on.

The city is repeated in time, each repetition with ids of its own. All jobs run, and wait, before the first record is
published. Publishing is paced: a job that lags reads one topic far ahead of another, and keeps what lies between.
Heartbeats tell the city's time: by those of today all of it would be over as soon as its feeds pause.
Through the first cities, at half the pace, the JVM compiles what is hot: ten jobs ask more of its compilers than two
cores give in a minute. Partitions that no district writes to come to count as silent meanwhile: while those hold the
clock no pattern forgets anything. From their end the bench's clock runs until every job has read all and a checkpoint
that began later is complete.

``python -m bench.mixed [RECORDS [PATTERN…]]`` starts a stack of its own.
"""

from __future__ import annotations

import json
import math
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import Any

from bench import jobs_process, stacks
from bench.filling import Message, fill, paced
from bench.jobs_process import BenchFailed, Jobs
from connectors.simulate import Plan
from infra.evaluate.gated import City, city
from infra.local import parts
from infra.local.workers import FLINK_JARS
from jobs import heartbeat, pattern, rest
from schemas import contracts
from streams.flat import FlatEncoder
from streams.registry import ConfluentRegistry
from streams.settings import Settings

PLAN = Plan(seed=1, districts=6, days=28, faults=True)
DAY_MS = 86_400_000
RECORDS = 1_500_000
LIMIT_S = 900.0
IDLE_S = 2
FIRST = 8
"""So many cities come before what is measured."""
RECORDS_PER_S = 26_500
"""They are to keep up with 25,000, the wait for the last checkpoint included."""
BEAT_MS = 3_600_000
LOOK_EVERY_S = 1.0
"""Each look asks Flink for the counts of ten jobs, and takes time from them."""
STALE_S = 3.0
"""Older than this Flink's counts are not."""
SHARED = "shared"
SHARED_TYPES = [one.name for one in contracts.all() if SHARED in one.stages]
NAMES = [name for name in pattern.names() if not pattern.load(name).delivers]
"""Every pattern; the router finds nothing, it delivers."""
Timed = tuple[int, Message]
PAIRS, LINKED = "linked_incidents", "linked_alerts"


def run(settings: Settings, records: int = RECORDS, names: Sequence[str] = NAMES) -> dict[str, Any]:
    """Publish ``records`` of all types, :data:`RECORDS_PER_S`, and wait for every pattern.

    Args:
        settings: of a running broker and registry with topics and subjects, and no jobs.
        records: how many, of the shared stream, after the first cities.
        names: the patterns that run.

    Returns:
        ``first_records`` of the first cities; ``records``, ``by_type``, ``publish_s``, ``seconds``, ``records_per_s``,
        ``seconds_by_pattern`` (from the first cities' end to the pattern's last record), ``alerts`` by pattern (of all
        that it was given), ``cpu_us_per_record`` of the jobs' JVM, ``peak_rss_mb``.

    Raises:
        BenchFailed: a job ended, or did not come to its end, or a pattern that found none of what was planted.
    """
    parts.ensure(FLINK_JARS, settings)
    made = city(PLAN)
    size = FIRST * sum(line["type"] in SHARED_TYPES for line in made.lines)
    messages = list(_messages(settings, made, size + records))
    counts = Counter(message.topic for _, message in messages)
    first, messages = messages[:size], messages[size:]
    beat = _beats(settings)
    soon = {name: dict.fromkeys(_idle(name), IDLE_S) for name in names}
    with jobs_process.at_work(
        settings, names, CROSSBEAT_PATTERNS=json.dumps(soon), CROSSBEAT_FLINK__HEARTBEATS="false"
    ) as jobs:
        stacks.wait_patterns(settings, jobs.check, names)
        fill(settings, _timed(paced(first, RECORDS_PER_S / 2), beat))
        began, cpu = time.monotonic(), jobs.cpu_s()
        fill(settings, _timed(paced(messages, RECORDS_PER_S), beat))
        published = time.monotonic() - began
        ends, peak = _until_read(jobs, names, counts, began)
        spent = jobs.cpu_s() - cpu
        alerts = {name: _alerts(jobs, job_id) for name, job_id in jobs.job_ids().items() if name != PAIRS}
    if silent := [name for name, told in alerts.items() if not told]:
        raise BenchFailed(f"told of nothing: {silent}; a pattern that time ran away from has little to do")
    seconds = max(ends.values())
    return {
        "first_records": size,
        "records": len(messages),
        "by_type": dict(Counter(message.topic for _, message in messages)),
        "publish_s": round(published, 1),
        "seconds": round(seconds, 1),
        "records_per_s": round(len(messages) / seconds),
        "seconds_by_pattern": {name: round(end, 1) for name, end in ends.items()},
        "alerts": alerts,
        "cpu_us_per_record": round(spent * 1e6 / len(messages), 1),
        "peak_rss_mb": peak,
    }


def _idle(name: str) -> set[str]:
    """The settings of a pattern that say after how long a partition counts as silent."""
    return {table.idle for table in pattern.load(name).reads.values() if table.idle in pattern.load(name).settings}


def _alerts(jobs: Jobs, job_id: str) -> int:
    """How many a job has told since it began."""
    return int(rest.sink_counts(jobs.rest_url, job_id).get("alert", 0))


def _beats(settings: Settings) -> Callable[[int], Message]:
    """Makes the heartbeat of a moment, UTC ms."""
    topic, beat = heartbeat.beats(settings, "bench")
    return lambda at: Message(topic, 0, "bench", beat(at))


def _timed(messages: Iterable[Timed], beat: Callable[[int], Message]) -> Iterator[Message]:
    """The messages, with a heartbeat whenever an hour of theirs has passed."""
    told = 0
    for at, message in messages:
        if at >= told + BEAT_MS:
            told = at
            yield beat(at)
        yield message


def _messages(settings: Settings, made: City, records: int) -> Iterator[Timed]:
    """With the moment of their arrival, UTC ms."""
    registry = ConfluentRegistry(settings)
    shared = {name: contracts.get(name) for name in SHARED_TYPES}
    encoders = {name: FlatEncoder(registry, one, SHARED) for name, one in shared.items()}
    times = {name: [f.name for f in one.fields(SHARED) if f.kind == "timestamp"] for name, one in shared.items()}
    lines = [line for line in made.lines if line["type"] in shared]
    places = {name: number for number, name in enumerate(sorted({str(line["record"]["district"]) for line in lines}))}
    for number in range(records):
        again, index = divmod(number, len(lines))
        kind, record = lines[index]["type"], lines[index]["record"]
        if again:
            record = _moved(record, times[kind], again, made.passed)
        topic = shared[kind].topic(SHARED)
        place = places[record["district"]] % topic.partitions
        at = lines[index]["arrived_at"] + again * PLAN.days * DAY_MS
        yield at, Message(topic.name, place, record["record_id"], encoders[kind](record))


def _moved(record: dict[str, Any], times: list[str], again: int, ids: frozenset[str]) -> dict[str, Any]:
    """The record so many cities later, and what it names too."""
    moved = {key: _named(value, again, ids) for key, value in record.items()}
    for name in times:
        if moved[name] is not None:
            moved[name] += again * PLAN.days * DAY_MS
    return moved


def _named(value: Any, again: int, ids: frozenset[str]) -> Any:
    if isinstance(value, list):
        return [_named(one, again, ids) for one in value]
    return f"{value}-{again}" if isinstance(value, str) and value in ids else value


def _until_read(jobs: Jobs, names: Sequence[str], counts: Counter[str], began: float) -> tuple[dict[str, float], int]:
    """Until every pattern has read all and kept it in a checkpoint; when each had read it, and the peak of memory."""
    ids = jobs.job_ids()
    wanted = {name: _wanted(name, counts) for name in names if name != LINKED}
    looks: dict[str, list[tuple[float, int]]] = {name: [] for name in names}
    ends: dict[str, float] = {}
    pairs_ended = math.inf
    peak = 0
    while len(ends) < len(names):
        if time.monotonic() - began > LIMIT_S:
            raise BenchFailed(f"not done: {sorted(set(names) - set(ends))}")
        time.sleep(LOOK_EVERY_S)
        jobs.check()
        peak = max(peak, jobs.resident_mb())
        for name in sorted(set(names) - set(ends)):
            try:
                looks[name].append((time.time(), jobs.read(ids[name])))
                if name == LINKED and name not in wanted and time.monotonic() > pairs_ended + STALE_S:
                    # How many links there are is known once all are written, which may be after all were read.
                    wanted[name] = int(rest.sink_counts(jobs.rest_url, ids[PAIRS])["link"])
                read_at = next((at for at, read in looks[name] if read >= wanted.get(name, math.inf)), None)
                if read_at is not None and jobs.checkpoint(ids[name])["began_ms"] > read_at * 1_000:
                    ends[name] = read_at - time.time() + time.monotonic() - began
                    pairs_ended = time.monotonic() if name == PAIRS else pairs_ended
            except rest.FlinkUnreachable:
                continue
    return dict(sorted(ends.items())), peak


def _wanted(name: str, counts: Counter[str]) -> int:
    """How many of the published records a pattern reads, each as often as it has tables of it."""
    tables = pattern.load(name).reads.values()
    return sum(counts[contracts.get(one.contract).stage(one.stage).topic] for one in tables)


def main() -> None:
    """Print the figures of one run."""
    from rich import print_json

    with stacks.stack() as (settings, _):
        print_json(data=run(settings, int(sys.argv[1]) if len(sys.argv) > 1 else RECORDS, sys.argv[2:] or NAMES))


if __name__ == "__main__":
    main()
