"""Pairs of incidents that came too late for the state of the job: computed from the whole stream, written once.

The job lands each late incident on ``late.v1``, and still pairs it with what it has kept. Catch-up finds the rest: all
pairs that touch a late incident, less the links that are there, and the links that stand though the pair does not. So
that it writes none that the job still would:

1. it reads the late ones that are new, then the shared stream as it stands;
2. it waits until the job has gone past that point (the offsets that the job commits with each checkpoint), and until
   the links written by then are committed or aborted;
3. only then it reads the links, and writes those that are missing, and the end of those that a revision or a retraction
   undid, in one transaction with its own offsets on late.v1.

What arrives after step 1 meets the late incident in the job's state, or is late itself and has its own turn.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import polars as pl
from confluent_kafka import Consumer, KafkaError, KafkaException, Producer, TopicPartition

from jobs import pattern, tables
from jobs.columns import OFFSET, PARTITION, end_offsets, read_topic
from jobs.patterns.linked_incidents.reference import PairSettings, haversine_m, pairs
from jobs.patterns.linked_incidents.shared import PATTERN, latest, link_rows, read_columns, to_incidents
from schemas import contracts
from streams.codec import Encoder
from streams.group_places import committed_places
from streams.registry import ConfluentRegistry, Registry
from streams.settings import Settings

ACCOUNT: Final = "catchup"
GROUP: Final = "crossbeat-catchup"
TIMEOUT_S: Final = 30.0
POLL_S: Final = 0.2
LIMITS: Final = ("metres", "days")
DAY_MS: Final = 86_400_000
_REVISIONS: Final = ("link_id", "a_revision", "b_revision")


class JobBehind(RuntimeError):
    """The job has not gone through what catch-up read; nothing was written, and it can be run again."""


@dataclass(frozen=True)
class CaughtUp:
    """What a run did: late incidents that were new, pairs that touch them, links that were missing or had to end."""

    late: int
    pairs: int
    written: int
    seconds: float


@dataclass(frozen=True)
class _Patience:
    """How long to wait for others."""

    deadline: float
    stop: threading.Event

    def until(self, left: Callable[[], int], complaint: str) -> None:
        """Wait until nothing is left."""
        while waiting := left():
            if time.monotonic() > self.deadline or self.stop.wait(POLL_S):
                raise JobBehind(complaint.format(waiting))


def pair_settings(settings: Settings) -> PairSettings:
    """The settings of the job, as the reference takes them: the widest, where pairs of districts have their own."""
    loaded = pattern.load(PATTERN)
    values = loaded.resolved(settings)
    match_on = str(values["match_on"])
    fields = () if match_on == "none" else (match_on,)
    own = loaded.by_pair(settings).values()
    most = {key: max(float(each) for each in (values[key], *(one[key] for one in own if key in one))) for key in LIMITS}
    return PairSettings(most["metres"], most["days"], fields)


def own_limits(settings: Settings) -> Callable[[dict[str, Any]], bool]:
    """Whether a link keeps to the limits of its two districts, as the job asks: before anything is rounded."""
    loaded = pattern.load(PATTERN)
    values, own = loaded.resolved(settings), loaded.by_pair(settings)

    def kept(link: dict[str, Any]) -> bool:
        one, other = sorted((link["a_district"], link["b_district"]))
        metres, days = (float(own.get((one, other), {}).get(key, values[key])) for key in LIMITS)
        apart = abs(link["a_occurred_from"] - link["b_occurred_from"])
        places = (np.array([link[key]]) for key in ("a_lat", "a_lon", "b_lat", "b_lon"))
        return bool(apart <= days * DAY_MS and haversine_m(*places)[0] <= metres)

    return kept


def run(
    settings: Settings, wait_s: float = 60.0, registry: Registry | None = None, stop: threading.Event | None = None
) -> CaughtUp:
    """Pair what was late since the last run; ``stop`` ends the waiting early.

    Raises:
        JobBehind: the job did not come as far as the shared stream within ``wait_s``: it is down, or has much to do.
        KafkaException: the broker did not answer, or another catch-up took over.
    """
    began = time.monotonic()
    registry = registry or ConfluentRegistry(settings)
    producer = _producer(settings)
    producer.init_transactions(TIMEOUT_S)  # from here on an earlier run that still lives can commit nothing
    consumer = Consumer(_reading(settings, GROUP, "read_committed"))
    try:
        late, ends = _new_late(settings, registry, consumer)
        if not late:
            return CaughtUp(0, 0, 0, time.monotonic() - began)
        found, rows = _missing(
            settings, registry, late, _Patience(time.monotonic() + wait_s, stop or threading.Event())
        )
        _write(producer, Encoder(registry, *_subject_and_schema("link")), rows, consumer, ends)
        return CaughtUp(len(late), found, len(rows), time.monotonic() - began)
    finally:
        consumer.close()


def _new_late(settings: Settings, registry: Registry, consumer: Consumer) -> tuple[set[str], list[TopicPartition]]:
    """Record ids on late.v1 since the last run, and where that read ended."""
    contract = contracts.get("late_record")
    topic = contract.topic("result").name
    ends = end_offsets(consumer, topic)
    known = committed_places(consumer, [TopicPartition(topic, p) for p in ends])
    starts = {each.partition: max(0, each.offset) for each in known}
    read = read_topic(
        settings, registry, topic, contract.avro("result"), ["record_id", "pattern"], starts, ends, ACCOUNT
    )
    late = read.records.filter(pl.col("pattern") == PATTERN)["record_id"].to_list()
    return set(late), [TopicPartition(topic, p, end) for p, end in ends.items()]


def _missing(
    settings: Settings, registry: Registry, late: set[str], patience: _Patience
) -> tuple[int, list[dict[str, Any]]]:
    """How many pairs touch the late ones, and those that are no links yet as rows of the contract."""
    near, wanted = pair_settings(settings), own_limits(settings)
    read = read_columns(settings, near.match_on, registry, account=ACCOUNT)
    newest = latest(read)
    incidents = to_incidents(newest.filter(~pl.col("retracted")), near.match_on)
    touched = pairs(incidents, near, only=np.isin(incidents.record_id.astype(str), sorted(late)))
    _await_job(settings, dict(read.records.group_by(PARTITION).agg(pl.col(OFFSET).max() + 1).iter_rows()), patience)
    known = _links(settings, registry, patience)
    there = [row for row in link_rows(incidents, touched) if wanted(row)]
    standing = standing_links(known, late)
    return len(touched), new_links(known, standing, there) + _undone(
        standing, {row["link_id"] for row in there}, newest
    )


def new_links(known: pl.DataFrame, standing: pl.DataFrame, there: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those of ``there`` that no link says yet; one that a link said in an earlier state names who could see that."""
    said = set(known.filter(~pl.col("retracted")).select(_REVISIONS).iter_rows())
    had = dict(standing.select("link_id", "visible_to").iter_rows())
    new = (row for row in there if _revisions(row) not in said)
    return [row | {"prior_visible_to": list(had.get(row["link_id"], ()))} for row in new]


def standing_links(known: pl.DataFrame, late: set[str]) -> pl.DataFrame:
    """The links that touch a late incident and stand, each in its latest state."""
    ids = sorted(late)
    return (
        known.filter(pl.col("a_record_id").is_in(ids) | pl.col("b_record_id").is_in(ids))
        .with_columns(version=pl.col("a_revision").cast(pl.Int64) + pl.col("b_revision"))
        .sort("version", "retracted", descending=True)
        .unique("link_id", keep="first", maintain_order=True)
        .filter(~pl.col("retracted"))
        .drop("version")
    )


def _undone(standing: pl.DataFrame, there: set[str], newest: pl.DataFrame) -> list[dict[str, Any]]:
    """The end of each link that stands, though its incidents are no pair any more."""
    ends = standing.filter(~pl.col("link_id").is_in(sorted(there))).with_columns(
        pl.col("a_occurred_from", "b_occurred_from").cast(pl.Int64)
    )
    revisions = dict(newest.select("record_id", "revision").iter_rows())
    return [
        row
        | {f"{side}_revision": revisions.get(row[f"{side}_record_id"], row[f"{side}_revision"]) for side in "ab"}
        | {"retracted": True}
        for row in ends.iter_rows(named=True)
    ]


def _await_job(settings: Settings, needed: dict[int, int], patience: _Patience) -> None:
    """Until the job's committed offsets are past the records that were read."""
    topic = contracts.get("incident").topic("shared").name
    group = Consumer(_reading(settings, tables.group(PATTERN), "read_committed"))
    try:
        partitions = [TopicPartition(topic, p) for p in needed]

        def behind() -> int:
            done = committed_places(group, partitions)
            return sum(max(0, needed[each.partition] - max(0, each.offset)) for each in done)

        patience.until(behind, "the job has {} records of the shared stream still to do: see that it runs, then retry")
    finally:
        group.close()


def _links(settings: Settings, registry: Registry, patience: _Patience) -> pl.DataFrame:
    """All links that were written, in the columns of the contract; waits for transactions that are open."""
    contract = contracts.get("link")
    topic = contract.topic("result").name
    all_of_it, committed = (
        Consumer(_reading(settings, GROUP, level)) for level in ("read_uncommitted", "read_committed")
    )
    try:
        ends = end_offsets(all_of_it, topic)

        def open_rows() -> int:
            stable = end_offsets(committed, topic)
            return sum(max(0, end - stable[p]) for p, end in ends.items())

        patience.until(open_rows, "{} offsets of links wait for their transaction: see that the job runs, then retry")
    finally:
        all_of_it.close()
        committed.close()
    columns = [field.name for field in contract.fields("result")]
    read = read_topic(settings, registry, topic, contract.avro("result"), columns, ends=ends, account=ACCOUNT)
    return read.records.select(columns)


def _write(
    producer: Producer, encode: Encoder, rows: list[dict[str, Any]], consumer: Consumer, ends: list[TopicPartition]
) -> None:
    """The links and the offsets on late.v1, both or neither."""
    topic = contracts.get("link").topic("result").name
    producer.begin_transaction()
    try:
        for row in rows:
            while True:
                try:
                    producer.produce(topic, encode(row), row["link_id"].encode())
                    break
                except BufferError:
                    producer.poll(POLL_S)
        producer.send_offsets_to_transaction(ends, consumer.consumer_group_metadata(), TIMEOUT_S)
        producer.commit_transaction(TIMEOUT_S)
    except KafkaException as error:
        if _abortable(error):
            producer.abort_transaction(TIMEOUT_S)
        raise


def _abortable(error: KafkaException) -> bool:
    cause = error.args[0]
    return isinstance(cause, KafkaError) and not cause.fatal()


def _revisions(row: dict[str, Any]) -> tuple[str, int, int]:
    link_id, a_revision, b_revision = (row[column] for column in _REVISIONS)
    return link_id, a_revision, b_revision


def _subject_and_schema(name: str) -> tuple[str, dict[str, Any]]:
    contract = contracts.get(name)
    return contract.subject("result"), contract.avro("result")


def _reading(settings: Settings, group: str, level: str) -> dict[str, Any]:
    return {
        **settings.kafka.client(ACCOUNT),
        "group.id": group,
        "enable.auto.commit": False,
        "auto.offset.reset": "earliest",
        "isolation.level": level,
    }


def _producer(settings: Settings) -> Producer:
    return Producer(
        {
            **settings.kafka.client(ACCOUNT),
            "transactional.id": GROUP,
            "compression.type": "lz4",
            # As Flink's producer does, so that a link is in one partition whoever wrote it.
            "partitioner": "murmur2_random",
        }
    )
