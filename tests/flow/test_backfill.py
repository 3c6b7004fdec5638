"""A backfill against a real broker: once whatever happens, and every row accounted for."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from confluent_kafka import Consumer, KafkaError, TopicPartition

from connectors.backfill import BackfillError, Options, Report, join_districts, run
from connectors.mapping import Mapping, load
from infra.provision import ensure_district
from streams.metrics import read
from streams.settings import Settings

pytestmark = pytest.mark.server

MAPPING = """\
title = "test"
districts.titles = { edge-one = "One", edge-two = "Two" }
district.column = "district"
id.template = "{district}:{number}"
time = { column = "when", zone = "UTC" }
place = { lat = "lat", lon = "lon" }
fields.offence = { column = "kind", codes = { A = "robbery", B = "burglary" } }
release = { to = ["all"], purposes = ["prevention"] }
"""


def make(folder: Path, name: str, rows: int) -> tuple[Path, Mapping]:
    """A file with every hundredth row bad, and its mapping."""
    lines = ["number,district,when,lat,lon,kind"]
    for number in range(rows):
        kind = "?" if number % 100 == 99 else "AB"[number % 2]
        when = f"2024-01-{number * 27 // rows + 1:02} {number % 24:02}:00"
        lines.append(f"{name}-{number},edge-{'one' if number % 3 else 'two'},{when},43.6,-79.4,{kind}")
    file = folder / f"{name}.csv"
    file.write_text("\n".join(lines))
    path = folder / "mapping.toml"
    path.write_text(MAPPING)
    return file, load(path)


def prepare(made: Mapping, settings: Settings) -> None:
    for district in join_districts(made, settings.districts):
        ensure_district(settings, district.name)


def keys(settings: Settings, topic: str, beginning: str) -> list[str]:
    """Keys of the committed messages of a topic that begin so, in its order."""
    options = {"group.id": "edge-test", "isolation.level": "read_committed", "enable.partition.eof": "true"}
    consumer = Consumer(settings.kafka.client() | options)
    consumer.assign([TopicPartition(topic, 0, 0)])
    found = []
    while True:
        message = consumer.poll(10)
        assert message is not None, "the broker does not answer"
        if message.error():
            assert message.error().code() == KafkaError._PARTITION_EOF, message.error()
            consumer.close()
            return found
        key = message.key().decode()
        if key.startswith(beginning):
            found.append(key)


def published(settings: Settings, name: str) -> list[str]:
    parts = (keys(settings, f"edge-{part}.incident.v1", f"edge-{part}:{name}-") for part in ("one", "two"))
    return [key for part in parts for key in part]


def refused(settings: Settings, name: str) -> list[str]:
    parts = (keys(settings, f"rejected.edge-{part}.v1", f"file:{name}.csv@") for part in ("one", "two"))
    return [key for part in parts for key in part]


def test_the_same_file_twice_changes_nothing(stack: Settings, tmp_path: Path) -> None:
    file, made = make(tmp_path, "twice", 3000)
    prepare(made, stack)
    options = Options(chunk_rows=1000)
    first = run(file, made, stack, options, lambda state: None)
    assert (first.rows, first.published.total(), first.rejected.total(), first.finished) == (3000, 2970, 30, True)
    before = published(stack, "twice")
    assert len(before) == len(set(before)) == 2970
    assert len(refused(stack, "twice")) == 30
    for again in (options, Options(sort=True)):
        second = run(file, made, stack, again, lambda state: None)
        assert (second.already_finished, second.rows_before or 3000, second.rows) == (True, 3000, 0)
    assert published(stack, "twice") == before
    assert len(refused(stack, "twice")) == 30


def test_a_limit_is_gone_on_from_and_the_order_is_kept(stack: Settings, tmp_path: Path) -> None:
    file, made = make(tmp_path, "part", 1000)
    prepare(made, stack)

    def go(options: Options) -> Report:
        return run(file, made, stack, options, lambda state: None)

    assert (go(Options(limit=300, chunk_rows=70)).rows, len(published(stack, "part"))) == (300, 297)
    assert (go(Options(limit=300)).rows, len(published(stack, "part"))) == (0, 297)
    with pytest.raises(BackfillError, match="was begun without --sort, 300 rows are published"):
        go(Options(sort=True))
    last = go(Options())
    assert (last.rows_before, last.rows, last.finished) == (300, 700, True)
    assert len(set(published(stack, "part"))) == len(published(stack, "part")) == 990


def test_kill_in_mid_run_and_go_on(stack: Settings, tmp_path: Path) -> None:
    file, made = make(tmp_path, "kill", 12_000)
    prepare(made, stack)
    command = [sys.executable, "-c", "from infra.cli import main; main()", "backfill", str(file), "--mapping"]
    command += [str(tmp_path / "mapping.toml")]
    environment = os.environ | {"CROSSBEAT_DATA_DIR": str(stack.data)}
    for target in (1000, 3000):
        with (tmp_path / "log").open("w") as log:
            process = subprocess.Popen([*command, "--rate", "2000"], env=environment, stdout=log, stderr=log)
        give_up = time.monotonic() + 90
        while (state := read("backfill", stack.data)).get("pid") != process.pid or int(str(state["rows"])) < target:
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < give_up, "nothing was published"
            time.sleep(0.05)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert len(published(stack, "kill")) < 11_880, "it was not killed in mid-run"
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert "went on after row" in done.stdout
    found = published(stack, "kill")
    assert len(found) == len(set(found)) == 11_880
    assert len(set(refused(stack, "kill"))) == len(refused(stack, "kill")) == 120
