"""Quality with the real servers: a batch with bad rows is marked by the check and by ids, and no value gets out."""

from __future__ import annotations

import random
import threading
import time
import uuid
from pathlib import Path

import pytest

from bench.loader import incident
from connectors.loader.batch import Batch, Raw
from connectors.loader.intake import Source
from connectors.loader.routes import from_contracts
from connectors.loader.store import Store, connect
from connectors.loader.worker import Loader
from schemas import contracts
from streams.codec import Encoder
from streams.metrics import Meter, read
from streams.registry import ConfluentRegistry
from streams.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]
SECRET = "value-that-must-not-get-out"
SECRET_LAT = 97.1357924
"""So long that no share and no time on a page is the same by chance, as 91.25 once was."""


def test_a_batch_that_fails_is_marked_with_the_check_and_the_ids_and_no_value(stack: Settings, tmp_path: Path) -> None:
    from connectors.quality.worker import Worker

    settings = stack.model_copy(deep=True)
    settings.data_dir = tmp_path
    name = f"quality-{uuid.uuid4().hex[:8]}"
    chance = random.Random(name)
    rows = [incident(chance, n) | {"record_id": f"{name}:{n:03d}"} for n in range(60)]
    rows[5] |= {"lat": SECRET_LAT}
    rows[6] |= {"offence": SECRET}
    rows[7] |= {"occurred_to": rows[7]["occurred_from"] - 1}
    contract = contracts.get("incident")
    write = Encoder(ConfluentRegistry(settings), contract.subject("shared"), contract.avro("shared"))
    topic = contract.topic("shared").name
    batch = Batch(topic, [Raw(topic, 0, n, write(row)) for n, row in enumerate(rows)])
    Store(settings, threading.Event()).insert(batch, from_contracts().of(topic))
    time.sleep(3)  # rows must have settled

    worker = Worker(settings, threading.Event())
    assert worker.once() >= 1
    assert worker.once() == 0, "what was checked is not checked again"

    settings.kafka.accounts = {}  # this group is not the loader's, so the operator reads
    source = Source(settings, from_contracts().subscription(), name)
    loader = Loader(settings, threading.Event(), source=source, meter=Meter("loader", tmp_path))
    client, until = connect(settings), time.monotonic() + 60

    def marks() -> dict[str, set[str]]:
        found = client.query(
            "SELECT expectation, groupUniqArrayArray(record_ids) FROM quality_now "
            "WHERE record_type = 'incident' GROUP BY expectation"
        ).result_rows
        return {expectation: {one for one in ids if one.startswith(name)} for expectation, ids in found}

    loader.run(until=lambda: bool(marks().get("batch")) or time.monotonic() > until)
    found = marks()
    assert found["batch"] == {f"{name}:005", f"{name}:006", f"{name}:007"}
    assert found["expect_column_values_to_be_between(lat)"] == {f"{name}:005"}
    assert found["expect_column_values_to_be_in_set(offence)"] == {f"{name}:006"}
    assert found["expect_column_pair_values_a_to_be_greater_than_b(occurred_to, occurred_from)"] == {f"{name}:007"}

    counters = read("quality", tmp_path)
    assert int(str(counters["failed_rows"])) >= 3
    pages = [page.read_text() for page in (tmp_path / "quality" / "docs").rglob("*.html")]
    assert any("incidents" in page for page in pages)
    assert not any(SECRET in page or str(SECRET_LAT) in page for page in pages)
    assert SECRET not in str(client.query("SELECT * FROM quality_runs").result_rows)
