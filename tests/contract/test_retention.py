"""Retention on a real ClickHouse and broker: what is due is counted and goes, and nothing else."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.client import Client
from confluent_kafka import Producer

from infra import retention
from infra.provision import topics
from infra.retention import Due, Reason
from streams.districts import District
from streams.settings import Settings

pytestmark = pytest.mark.server

ONE, TWO = "retention-one", "retention-two"
DISTRICTS = {
    ONE: District(ONE, "One", 0, None, retention={"incident": 30}),
    TWO: District(TWO, "Two", 1, None),
}
NOW = datetime.now(UTC)


def days(count: int) -> datetime:
    return NOW - timedelta(days=count)


def insert(client: Client, table: str, rows: list[dict[str, Any]]) -> None:
    names = list(rows[0])
    client.insert(table, [[row[name] for name in names] for row in rows], column_names=names)


def incident(name: str, district: str, age: int, **changes: Any) -> dict[str, Any]:
    row = {"record_id": f"{district}:{name}", "district": district, "revision": 1, "landed_at": days(age)}
    return row | {"visible_to": [ONE, TWO], "release_expires_at": None} | changes


def link(name: str, one: str, two: str, age: int) -> dict[str, Any]:
    sides = {"a_record_id": f"{ONE}:{one}", "a_district": ONE, "b_record_id": f"{TWO}:{two}", "b_district": TWO}
    return {"link_id": f"retention-{name}", "visible_to": [ONE, TWO], "landed_at": days(age), **sides}


def left(client: Client, table: str, key: str) -> dict[str, list[str]]:
    found = client.query(
        f"SELECT {key}, visible_to FROM {table} FINAL WHERE {key} LIKE '%retention-%' ORDER BY {key}"
    ).result_rows
    return {str(name).rpartition(":")[2].removeprefix("retention-"): list(who) for name, who in found}


def mine(due: list[Due]) -> set[tuple[str, str, Reason, int]]:
    return {(one.name, one.district, one.reason, one.count) for one in due if one.district.startswith("retention-")}


def test_what_is_due_is_counted_and_goes_and_nothing_else(stack: Settings) -> None:
    client = clickhouse_connect.get_client(**stack.clickhouse.client())
    over = days(1)
    insert(
        client,
        "incidents",
        [
            incident("young", ONE, 29),
            incident("old", ONE, 31),
            incident("old", TWO, 31),
            # Its first revision had no end: it must not come to light again.
            incident("over", TWO, 9),
            incident("over", TWO, 8, revision=2, release_expires_at=over),
            incident("own", TWO, 8, visible_to=[TWO], release_expires_at=over),
            incident("renewed", TWO, 9, release_expires_at=over),
            incident("renewed", TWO, 8, revision=2),
        ],
    )
    insert(
        client,
        "links",
        [link("old", "old", "old", 31), link("over", "young", "over", 5), link("stays", "young", "renewed", 5)],
    )
    insert(
        client,
        "alerts",
        [{"identifier": "retention-old", "districts": [ONE, TWO], "visible_to": [TWO], "landed_at": days(31)}],
    )
    rules = [rule for rule in retention.rules(DISTRICTS) if rule.table in ("incidents", "links", "alerts")]
    with retention.Tables(stack) as tables:
        assert mine(list(tables.count(rules))) == {
            ("incidents", ONE, Reason.DISTRICT, 1),
            ("links", ONE, Reason.DISTRICT, 1),
            ("alerts", ONE, Reason.DISTRICT, 1),
            ("incidents", TWO, Reason.RELEASE, 1),
        }
        done = tables.delete(rules)
        assert "deleted 1 rows of incidents: district's file" in [str(gone) for gone in done]
        assert mine(list(tables.count(rules))) == set()
    both = [ONE, TWO]
    assert left(client, "incidents", "record_id") == {
        "young": both, "old": both, "over": [TWO], "own": [TWO], "renewed": both
    }  # fmt: skip
    assert left(client, "links", "link_id") == {"over": [TWO], "stays": both}
    assert left(client, "alerts", "identifier") == {}
    assert client.query(
        f"SELECT count() FROM incidents WHERE district = '{TWO}' AND has(visible_to, '{ONE}') "
        "AND record_id LIKE '%:over'"
    ).result_rows == [(0,)]
    client.close()


def test_messages_older_than_their_topic_keeps_them_are_counted(stack: Settings) -> None:
    sooner = District("retention-three", "Three", 2, None, retention={"incident": 3})
    plain = District("retention-four", "Four", 3, None)
    topics.Topics(stack).apply([topic for one in (sooner, plain) for topic in topics.of(one)])
    producer = Producer(stack.kafka.client("admin"))
    for name in (sooner.name, plain.name):
        for _ in range(3):
            producer.produce(f"{name}.incident.v1", b"x")
    producer.flush(10)
    joined = {one.name: one for one in (sooner, plain)}

    def due(in_days: int) -> set[tuple[str, str, Reason, int]]:
        return mine(list(retention.count_topics(stack, joined, NOW.timestamp() + in_days * 86_400)))

    assert due(2) == set()
    assert due(4) == {("retention-three.incident.v1", "retention-three", Reason.DISTRICT, 3)}
    assert due(31) == due(4) | {("retention-four.incident.v1", "retention-four", Reason.CONTRACT, 3)}
