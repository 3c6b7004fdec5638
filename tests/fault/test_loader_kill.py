"""The loader killed in mid-run, and ClickHouse too: the tables end with the rows of the topic, each once."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest
from clickhouse_connect.driver.exceptions import ClickHouseError

from bench.loader import fill
from connectors.loader.store import connect
from streams.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(300)]
ROWS = 20_000
SMALL_BATCHES = {"CROSSBEAT_LOADER__BATCH_ROWS": "500", "CROSSBEAT_LOADER__INSERTS_AT_ONCE": "1"}


@contextmanager
def loader(data: Path) -> Iterator[subprocess.Popen[bytes]]:
    """The loader as its own process, in small batches so that a kill comes between them."""
    environment = {**os.environ, **SMALL_BATCHES, "CROSSBEAT_DATA_DIR": str(data)}
    with subprocess.Popen([sys.executable, "-m", "connectors.loader"], env=environment) as process:
        try:
            yield process
        finally:
            process.kill()


def landed(settings: Settings) -> int:
    """Rows in the table now; -1 while ClickHouse is away."""
    with suppress(ClickHouseError, OSError):
        return int(connect(settings).command("SELECT count() FROM incidents FINAL"))
    return -1


def wait(condition: Callable[[], bool], also: Callable[[], None] = lambda: None, limit_s: float = 120) -> None:
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "waited too long"
        also()
        time.sleep(0.02)


def test_kills_of_the_loader_and_of_clickhouse_change_nothing(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    stack = fresh_stack()
    settings = stack.start()
    fill(settings, ROWS, "kill")
    with loader(settings.data) as first:
        wait(lambda: landed(settings) > 0)
        first.kill()
        first.wait(10)
    interrupted = landed(settings)
    assert 0 < interrupted < ROWS, "the kill came too late to prove anything"

    with loader(settings.data) as second:
        wait(lambda: landed(settings) > interrupted)
        store = next(server for server in stack.servers if server.name == "clickhouse")
        os.kill(store.child.pid, 9)
        wait(lambda: landed(settings) == ROWS, also=stack.watch)
        assert second.poll() is None, "the loader waits for clickhouse, it does not end"
        second.terminate()
        assert second.wait(30) == 0

    answer = connect(settings).query(
        "SELECT count(), uniqExact(record_id), uniqExact(source_offset, record_id) FROM incidents FINAL"
    )
    assert list(answer.result_rows[0]) == [ROWS, ROWS, ROWS]
    assert connect(settings).command("SELECT count() FROM rejections") == 0
