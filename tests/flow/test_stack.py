"""The embedded stack, for real: it answers, keeps analysts out of what is not theirs, and outlives being killed."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import clickhouse_connect
import psutil
import pytest
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import DatabaseError
from confluent_kafka import Consumer, Producer, TopicPartition
from confluent_kafka.admin import AdminClient, NewTopic

from infra.local import clickhouse, registry
from infra.local.hold import holder
from streams.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]
MESSAGES = [f"message {number}".encode() for number in range(500)]


def crossbeat(data: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command line on a data folder."""
    command = [sys.executable, "-m", "infra.cli", *words]
    environment = {**os.environ, "CROSSBEAT_DATA_DIR": str(data), "COLUMNS": "200"}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=240, check=False)


def wait(condition: Callable[[], bool], limit_s: float = 60.0) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "waited too long"
        time.sleep(0.1)


def client(settings: Settings, analyst: bool = False) -> Client:
    """A ClickHouse client as the platform, or as the analyst."""
    store = settings.clickhouse
    name, password = store.username, store.password
    if analyst:
        name, password = store.analyst_username, store.analyst_password
    return clickhouse_connect.get_client(
        host=store.host, port=store.http_port, username=name, password=password.get_secret_value()
    )


def test_all_three_answer(stack: Settings) -> None:
    assert AdminClient(stack.kafka.client()).list_topics(timeout=10).brokers
    assert registry.reachable(stack.registry.url)
    assert clickhouse.reachable(f"http://{stack.clickhouse.host}:{stack.clickhouse.http_port}")


@pytest.mark.parametrize(
    "statement",
    [
        "INSERT INTO crossbeat.stack_secret VALUES (2)",
        "DROP TABLE crossbeat.stack_secret",
        "SELECT count() FROM system.users",
        "SELECT * FROM url('http://127.0.0.1:1/', CSV, 'a String')",
        "SELECT 1 SETTINGS max_execution_time = 0",
    ],
)
def test_an_analyst_reads_and_nothing_else(stack: Settings, statement: str) -> None:
    platform = client(stack)
    platform.command("CREATE TABLE IF NOT EXISTS crossbeat.stack_secret (a Int32) ENGINE = MergeTree ORDER BY a")
    analyst = client(stack, analyst=True)
    assert analyst.query("SELECT count() FROM crossbeat.stack_secret").result_rows == [(0,)]
    with pytest.raises(DatabaseError, match=r"ACCESS_DENIED|Cannot modify|readonly"):
        analyst.command(statement)
    platform.command("DROP TABLE crossbeat.stack_secret")


def test_the_user_without_password_can_do_nothing(stack: Settings) -> None:
    with pytest.raises(DatabaseError, match="ACCESS_DENIED"):
        clickhouse_connect.get_client(
            host=stack.clickhouse.host, port=stack.clickhouse.http_port, username="default"
        ).query("SELECT * FROM crossbeat.incidents")


def test_an_insert_with_the_token_of_an_earlier_one_changes_nothing(stack: Settings) -> None:
    platform = client(stack)
    platform.command("CREATE TABLE crossbeat.stack_once (a Int32) ENGINE = MergeTree ORDER BY a")
    for _ in range(2):
        platform.insert("crossbeat.stack_once", [[1]], ["a"], settings={"insert_deduplication_token": "t:0:0-0"})
    assert platform.query("SELECT count() FROM crossbeat.stack_once").result_rows == [(1,)]
    platform.command("DROP TABLE crossbeat.stack_once")


def produce(settings: Settings, topic: str) -> None:
    admin = AdminClient(settings.kafka.client())  # kept: a client that is let go of breaks off what it was asked
    admin.create_topics([NewTopic(topic, 1)])[topic].result(20)
    producer = Producer({**settings.kafka.client(), "acks": "all"})
    for message in MESSAGES:
        producer.produce(topic, message)
    assert producer.flush(20) == 0


def consume(settings: Settings, topic: str) -> list[bytes]:
    consumer = Consumer({**settings.kafka.client(), "group.id": "stack-test", "auto.offset.reset": "earliest"})
    consumer.assign([TopicPartition(topic, 0, 0)])
    found: list[bytes] = []
    until = time.monotonic() + 30
    while len(found) < len(MESSAGES) and time.monotonic() < until:
        found += [message.value() for message in consumer.consume(500, 1.0) if not message.error()]
    consumer.close()
    return found


def test_a_life_of_a_stack_in_the_background(tmp_path: Path) -> None:
    """Up; twice is refused; a dead broker is started again; kill -9 leaves no orphan; the next start has the data."""
    data = tmp_path / "data"
    parts = ("--only", "kafka,clickhouse")
    up = crossbeat(data, "up", "--detach", *parts)
    assert up.returncode == 0, up.stderr
    try:
        again = crossbeat(data, "up", "--detach", *parts)
        assert again.returncode == 1
        assert f"process {holder(data)}" in again.stderr

        settings = Settings(data_dir=data)
        produce(settings, "kept")
        client(settings).command("CREATE DATABASE IF NOT EXISTS crossbeat")
        client(settings).command("CREATE TABLE crossbeat.kept (a Int32) ENGINE = MergeTree ORDER BY a")
        client(settings).insert("crossbeat.kept", [[7]], ["a"])

        before = json.loads(crossbeat(data, "status", "--json").stdout)
        assert before["healthy"]
        broker = next(one for one in before["services"] if one["name"] == "kafka")
        os.kill(broker["pid"], signal.SIGKILL)

        def restarted() -> bool:
            now = json.loads(crossbeat(data, "status", "--json").stdout)
            kafka = next(one for one in now["services"] if one["name"] == "kafka")
            return now["healthy"] and kafka["restarts"] == 1 and kafka["pid"] != broker["pid"]

        wait(restarted)
        assert consume(settings, "kept") == MESSAGES

        supervisor = psutil.Process(holder(data))
        children = supervisor.children(recursive=True)
        assert len(children) == 2
        supervisor.kill()
        wait(lambda: not any(child.is_running() and child.status() != "zombie" for child in children), 10)
        after = crossbeat(data, "status")
        assert after.returncode == 1
        assert "was killed" in after.stdout

        assert crossbeat(data, "up", "--detach", *parts).returncode == 0
        settings = Settings(data_dir=data)
        assert consume(settings, "kept") == MESSAGES
        assert client(settings).query("SELECT a FROM crossbeat.kept").result_rows == [(7,)]
    finally:
        down = crossbeat(data, "down")
    assert down.returncode == 0, down.stderr
    assert holder(data) is None
    assert crossbeat(data, "down").returncode == 1
