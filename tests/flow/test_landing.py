"""Landing with the real servers: what is in the topics is in the tables, once, whatever else is in them."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.client import Client
from confluent_kafka import Producer

from bench.loader import incident
from connectors.loader.batch import Batch, Raw
from connectors.loader.intake import Source
from connectors.loader.routes import from_contracts
from connectors.loader.store import Store, connect
from connectors.loader.worker import Loader
from connectors.query.ask import Analyst, QueryError
from connectors.query.examples import examples
from infra import provision
from schemas import contracts
from streams.codec import Encoder
from streams.metrics import Meter, read
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]
Record = dict[str, Any]
DAY_MS = 86_400_000
NEVER_LANDED = contracts.get("incident").notes.storage.leave_out  # type: ignore[union-attr]


@pytest.fixture
def apart(stack: Settings, tmp_path: Path) -> Settings:
    """The stack, with a data folder for one test alone, so that its counters are its own."""
    settings = stack.model_copy(deep=True)
    settings.data_dir = tmp_path
    settings.kafka.accounts = {}  # its groups are not the loader's, so it works as the operator
    return settings


def incidents(prefix: str, count: int, **changes: Any) -> list[Record]:
    chance = random.Random(prefix)
    return [incident(chance, n) | {"record_id": f"{prefix}:{n:05d}"} | changes for n in range(count)]


def link(a: Record, b: Record) -> Record:
    hours = abs(a["occurred_from"] - b["occurred_from"]) / 3.6e6
    record = {
        "link_id": f"{a['record_id']}~{b['record_id']}", "pattern": "linked_incidents", "category": a["category"],
        "metres": round(abs(a["lat"] - b["lat"]) * 1_000, 1), "hours": hours,
        "lat": a["lat"], "lon": a["lon"], "visible_to": a["visible_to"], "retracted": False, "prior_visible_to": [],
    }  # fmt: skip
    for side, one in (("a", a), ("b", b)):
        for name in ("record_id", "revision", "district", "occurred_from", "lat", "lon"):
            record[f"{side}_{name}"] = one[name]
    return {field.name: record[field.name] for field in contracts.get("link").fields("result")}


def encoder(settings: Settings, name: str, stage: str = "result") -> Callable[[Record], bytes]:
    contract = contracts.get(name)
    return Encoder(ConfluentRegistry(settings), contract.subject(stage), contract.avro(stage))


def publish(settings: Settings, topic: str, values: list[bytes | None]) -> None:
    producer = Producer(settings.kafka.client())
    for value in values:
        producer.produce(topic, value, key=b"k")
    assert producer.flush(30) == 0


def store_directly(settings: Settings, topic: str, values: list[bytes]) -> None:
    batch = Batch(topic, [Raw(topic, 0, n, value) for n, value in enumerate(values)])
    Store(settings, threading.Event()).insert(batch, from_contracts().of(topic))


def load(settings: Settings, group: str, rows: dict[str, int], limit_s: float = 120) -> dict[str, int]:
    """Run a loader of a new group, so from the beginning, until it has read all there is and at least these rows."""
    until = time.monotonic() + limit_s
    source = Source(settings, from_contracts().subscription(), group)
    loader = Loader(settings, threading.Event(), source=source, meter=Meter("loader", settings.data))

    def stop() -> bool:
        assert time.monotonic() < until, f"not landed in time: {loader.rows()}"
        enough = all(loader.rows().get(table, 0) >= count for table, count in rows.items())
        return enough and source.lag() == 0

    loader.run(until=stop)
    return loader.rows()


def count(table: str, prefix: str, column: str = "record_id", final: str = "FINAL") -> Callable[[Client], int]:
    statement = f"SELECT count() FROM {table} {final} WHERE startsWith({column}, '{prefix}')"
    return lambda client: int(client.command(statement))


def test_tables_equal_topics_and_a_replay_from_the_beginning_changes_nothing(apart: Settings) -> None:
    prefix = f"land-{uuid.uuid4().hex[:8]}"
    shared = incidents(prefix, 600)
    revised = [shared[7] | {"revision": 2, "status": "cleared", "visible_to": ["beat-07"]}]
    write = encoder(apart, "incident", "shared")
    publish(apart, "shared.incident.v1", [write(record) for record in shared + revised] + [None])
    district = f"d{uuid.uuid4().hex[:8]}"
    provision.ensure_district(apart, district)
    refused = {field.name: None for field in contracts.get("rejection").fields("result")} | {
        "rejection_id": f"{district}.incident.v1:0:5", "district": district, "topic": f"{district}.incident.v1",
        "partition": 0, "offset": 5, "reason": "bad_place", "message": "m", "attempts": 1, "raw": b"\x00\xffx",
        "raw_size": 3, "raw_sha256": "0" * 64, "rejected_at": 1_700_000_000_000,
    }  # fmt: skip
    publish(apart, f"rejected.{district}.v1", [encoder(apart, "rejection")(refused)])

    client = connect(apart)
    for group in ("first", "replay"):
        load(apart, f"{prefix}-{group}", {"incidents": 601, "rejections": 1})
        assert count("incidents", prefix)(client) == 600
        assert count("rejections", district, "district")(client) == 1

    latest = client.query(
        f"SELECT * FROM incidents_now WHERE startsWith(record_id, '{prefix}') ORDER BY record_id"
    ).named_results()
    expected = {record["record_id"]: record for record in shared + revised}
    for row in latest:
        wanted = expected.pop(row["record_id"])
        for name, value in wanted.items():
            if name in NEVER_LANDED:
                assert name not in row
                continue
            assert milliseconds(row[name]) == value, name
    assert expected == {}
    (refusal,) = client.query(f"SELECT * FROM rejections FINAL WHERE district = '{district}'").named_results()
    assert refusal["schema_id"] is None
    assert "raw" not in refusal, "bytes that nobody has looked at stay in the topic of their district"
    assert read("loader", apart.data)["tombstones"] >= 1  # type: ignore[operator]


def milliseconds(value: Any) -> Any:
    """A time as the topic holds it; all else as it is."""
    return round(value.replace(tzinfo=UTC).timestamp() * 1_000) if isinstance(value, datetime) else value


def test_the_same_batch_twice_is_inserted_once(apart: Settings) -> None:
    values = [encoder(apart, "incident", "shared")(record) for record in incidents("twice", 50)]
    for _ in range(2):
        store_directly(apart, "shared.incident.v1", values)
    assert count("incidents", "twice", final="")(connect(apart)) == 50


def test_a_poison_record_goes_to_rejections_and_the_flow_goes_on(apart: Settings) -> None:
    prefix = f"late-{uuid.uuid4().hex[:8]}"
    good = [
        {
            "record_id": f"{prefix}:{n}", "district": "beat-01", "revision": 1, "pattern": "linked_incidents",
            "category": "burglary", "occurred_from": 1, "watermark": 2, "late_by_hours": 1.5,
        }
        for n in range(20)
    ]  # fmt: skip
    values: list[bytes | None] = [encoder(apart, "late_record")(record) for record in good]
    whole = values[0] or b""
    poison = [b"hello", whole[:5] + b"\xff" * 9, b"\x00\x7f\xff\xff\xff" + whole[5:], whole + b"more"]
    for at, value in zip((3, 7, 11, 15), poison, strict=True):
        values.insert(at, value)
    publish(apart, "late.v1", values)
    load(apart, prefix, {"late_records": 20})
    assert count("late_records", prefix)(connect(apart)) == 20
    reasons = Counter(
        reason
        for (reason,) in connect(apart)
        .query("SELECT reason FROM rejections FINAL WHERE topic = 'late.v1' ORDER BY offset DESC LIMIT 4")
        .result_rows
    )
    assert reasons == {"bad_frame": 1, "undecodable": 3}


def test_views_agree_with_numbers_worked_out_in_python(apart: Settings) -> None:
    shared = incidents(f"view-{uuid.uuid4().hex[:8]}", 90)
    pairs = [link(a, b) for a, b in pairwise(shared) if a["category"] == b["category"]]
    write, write_link = encoder(apart, "incident", "shared"), encoder(apart, "link")
    store_directly(apart, "shared.incident.v1", [write(record) for record in shared])
    store_directly(apart, "link.v1", [write_link(pair) for pair in pairs])
    client = connect(apart)

    def rows(statement: str) -> list[tuple[Any, ...]]:
        return [tuple(row) for row in client.query(statement).result_rows]

    def view(statement: str) -> dict[tuple[Any, ...], int]:
        return {row[:-1]: row[-1] for row in rows(statement)}

    # Other tests land rows here too: the numbers are worked out from all rows, which hold ours.
    links = rows(
        "SELECT a_district, b_district, category, toUnixTimestamp64Milli(greatest(a_occurred_from, b_occurred_from)), "
        "link_id FROM links FINAL"
    )
    assert {pair["link_id"] for pair in pairs} <= {row[-1] for row in links}
    assert view("SELECT district, neighbour, pairs FROM pairs_by_border") == Counter(
        tuple(sorted((a, b))) for a, b, *_ in links
    )
    assert view("SELECT category, pairs FROM pairs_by_category") == Counter((row[2],) for row in links)
    # 1970-01-01 was a Thursday, so weeks from Monday begin four days into the count of weeks.
    # A date is never before 1970, so the week that holds its first days has no Monday: others' rows may lie there.
    first = 4 * DAY_MS
    weeks = Counter(((later - first) // (7 * DAY_MS), category) for _, _, category, later, _ in links if later >= first)
    numbered = "SELECT intDiv(toUInt32(week) - 4, 7), category, pairs FROM pairs_by_week WHERE week >= '1970-01-05'"
    assert view(numbered) == weeks
    found = rows(
        "SELECT district, category, toUnixTimestamp64Milli(occurred_from), time_precision FROM incidents FINAL"
    )
    hours = Counter((d, c, at // 3_600_000 % 24) for d, c, at, precision in found if precision in {"minute", "hour"})
    assert view("SELECT district, category, hour, incidents FROM incidents_by_district_hour") == hours
    for example in examples():
        client.query(example.statement)


HOSTILE = [
    "INSERT INTO links (link_id) VALUES ('x')",
    "DROP TABLE links",
    "ALTER TABLE links DELETE WHERE 1",
    "TRUNCATE TABLE incidents",
    "CREATE TABLE mine (a Int8) ENGINE = Memory",
    "SELECT * FROM url('http://127.0.0.1:1/', 'CSV', 'a String')",
    "SELECT * FROM file('/etc/passwd', 'LineAsString')",
    "SELECT * FROM remote('127.0.0.1', system.one)",
    "SELECT * FROM system.users",
    "SELECT * FROM system.processes",
    "SELECT 1 INTO OUTFILE '/tmp/crossbeat-outfile'",
    "SET readonly = 0",
    "SELECT 1; DROP TABLE links",
]


@pytest.mark.parametrize("statement", HOSTILE)
def test_an_analyst_can_read_and_nothing_else(stack: Settings, statement: str) -> None:
    """The holes that are known (the scalar function `file()`, see docs/analysts.md) are not tried here."""
    with pytest.raises(QueryError):
        Analyst(stack).rows(statement, 10)


def test_an_analysts_answer_comes_as_rows_and_streams(stack: Settings) -> None:
    analyst = Analyst(stack)
    answer = analyst.rows("SELECT number AS n, toString(number) AS s FROM numbers(1000000);", 3)
    assert (answer.columns, answer.rows, answer.more) == (["n", "s"], [[0, "0"], [1, "1"], [2, "2"]], True)
    assert b"".join(analyst.stream("SELECT 1 AS n", "CSVWithNames")) == b'"n"\n1\n'
    with pytest.raises(QueryError, match="Unknown"):
        analyst.rows("SELECT nothing_such FROM links", 1)
