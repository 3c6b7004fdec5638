"""A watched folder and a polled database against a real broker, by the commands as people run them."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from confluent_kafka import Consumer, KafkaError, TopicPartition

from schemas import contracts
from streams.codec import Decoder
from streams.metrics import read
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = pytest.mark.server

COMMAND = [sys.executable, "-c", "from infra.cli import main; main()"]
ROWS = 100_000
INCIDENTS = """\
title = "test"
district.fixed = "edge-folder"
id.template = "{district}:{number}"
time = { column = "when", zone = "UTC" }
place = { lat = "lat", lon = "lon" }
fields.offence = { column = "kind", codes = { A = "robbery", B = "burglary" } }
release = { to = ["all"], purposes = ["prevention"] }
"""
PATROLS = """\
title = "test"
record = "patrol"
district.fixed = "edge-table"
id.template = "{district}:{number}"
time = { column = "arrived", zone = "UTC" }
place = { lat = "lat", lon = "lon" }
fields.unit = { column = "unit" }
fields.kind = { constant = "foot" }
fields.area_kind = { constant = "checkpoint" }
fields.area = { template = "checkpoint-{number}" }
fields.officers = { column = "officers" }
fields.auxiliaries = { constant = 0 }
release = { to = ["all"], purposes = ["prevention"] }

[source]
database = "rms"
query = "select * from visit where changed > :since order by changed"
cursor = "changed"
start = 0
overlap = 5
"""


def published(settings: Settings, record: str, district: str) -> Counter[tuple[str, int]]:
    """How often each id and revision stands in a district's topic, committed."""
    contract = contracts.get(record)
    decode = Decoder(ConfluentRegistry(settings), contract.avro("district"))
    options = {"group.id": "edge-test", "isolation.level": "read_committed", "enable.partition.eof": "true"}
    consumer = Consumer(settings.kafka.client() | options)
    consumer.assign([TopicPartition(contract.topic("district", district).name, 0, 0)])
    found: Counter[tuple[str, int]] = Counter()
    while True:
        message = consumer.poll(10)
        assert message is not None, "the broker does not answer"
        error = message.error()
        if error is not None:
            assert error.code() == KafkaError._PARTITION_EOF, error
            consumer.close()
            return found
        body: Any = decode(message.value())
        found[body["record_id"], body["revision"]] += 1


def run(settings: Settings, *arguments: object, **variables: str) -> str:
    environment = os.environ | {"CROSSBEAT_DATA_DIR": str(settings.data), "COLUMNS": "200"} | variables
    done = subprocess.run(
        [*COMMAND, *map(str, arguments)], env=environment, capture_output=True, text=True, check=False, timeout=200
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def line(number: int, kind: str = "A") -> str:
    return f"{number},2024-01-{number % 28 + 1:02} {number % 24:02}:00,43.6,-79.4,{kind}\n"


def test_a_watcher_is_killed_and_the_file_grows(stack: Settings, tmp_path: Path) -> None:
    folder = tmp_path / "inbox"
    folder.mkdir()
    mapping, file = tmp_path / "folder.toml", folder / "march.csv"
    mapping.write_text(INCIDENTS)
    file.write_text("number,when,lat,lon,kind\n" + "".join(map(line, range(ROWS))))
    (folder / "bad.csv").write_text("number,when,lat,lon\n1,2024-01-01,43,-79\n")
    command = ["watch", folder, "--mapping", mapping, "--settle", 0.3, "--every", 0.2]
    environment = os.environ | {"CROSSBEAT_DATA_DIR": str(stack.data)}
    with (tmp_path / "log").open("w") as log:
        process = subprocess.Popen([*COMMAND, *map(str, command)], env=environment, stdout=log, stderr=log)
        give_up = time.monotonic() + 90
        while read("backfill", stack.data).get("pid") != process.pid:
            assert process.poll() is None, (tmp_path / "log").read_text()
            assert time.monotonic() < give_up, "nothing was published"
            time.sleep(0.02)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    said = run(stack, *command, "--once")
    assert f"march.csv: {ROWS:,} rows" not in said, "it was killed in mid-run: the rest only"
    assert published(stack, "incident", "edge-folder") == Counter((f"edge-folder:{n}", 1) for n in range(ROWS))
    assert "bad.csv set aside: bad.csv: no column" in said + (tmp_path / "log").read_text()

    file.write_text(file.read_text().replace(f"\n{line(7)}", f"\n{line(7, 'B')}") + line(ROWS) + line(ROWS + 1, "?"))
    said = run(stack, *command, "--once", "--move")
    assert f"march.csv: {ROWS + 2:,} rows, 2 published, {ROWS - 1:,} published before, 1 rejected" in said
    new = Counter({("edge-folder:7", 2): 1, (f"edge-folder:{ROWS}", 1): 1})
    now = published(stack, "incident", "edge-folder")
    assert now - Counter((f"edge-folder:{n}", 1) for n in range(ROWS)) == new
    assert sorted(str(path.relative_to(folder)) for path in folder.rglob("*.csv")) == [
        "done/march.csv",
        "refused/bad.csv",
    ]


def test_a_table_is_polled(stack: Settings, tmp_path: Path) -> None:
    mapping, address = tmp_path / "visits.toml", f"sqlite:///{tmp_path / 'rms.sqlite'}"
    mapping.write_text(PATROLS)
    database = sqlite3.connect(tmp_path / "rms.sqlite")
    database.execute("create table visit (number integer, arrived, lat, lon, unit, officers, changed integer)")
    rows = [(n, "2024-03-07 18:00", 43.6, -79.4, "north 4", 2 if n else -1, n) for n in range(1, 20)]
    database.executemany("insert into visit values (?, ?, ?, ?, ?, ?, ?)", rows)
    database.commit()

    def poll() -> str:
        return run(stack, "poll", "--mapping", mapping, "--once", CROSSBEAT_SOURCES__RMS=address)

    assert "19 rows asked, 19 published, 0 published before, 0 rejected" in poll()
    database.execute("update visit set officers = 3, changed = 20 where number = 18")
    database.execute("update visit set officers = -3, changed = 21 where number = 19")
    database.commit()
    said = poll()
    assert "1 published" in said
    assert "1 rejected" in said
    assert "officers" in said
    assert published(stack, "patrol", "edge-table") == Counter(
        {**{(f"edge-table:{n}", 1): 1 for n in range(1, 20)}, ("edge-table:18", 2): 1}
    )
