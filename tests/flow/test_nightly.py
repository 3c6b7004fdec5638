"""What was kept long enough goes from a running stack by itself: nobody calls a command."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import clickhouse_connect
import pytest
from clickhouse_connect.driver.exceptions import DatabaseError

from infra.backup import Shelf
from infra.local.status import counters
from streams import districts
from streams.district_file import DistrictFile
from streams.settings import Settings

pytestmark = [pytest.mark.server, pytest.mark.timeout(240)]
DISTRICT = "nightly"
YOUNG, OLD, OVER = f"{DISTRICT}:young", f"{DISTRICT}:old", f"{DISTRICT}:over"


def test_what_is_due_goes_by_itself_and_is_counted(fresh_stack: Callable[..., Any], tmp_path: Path) -> None:
    now = datetime.now(UTC)
    stack = fresh_stack(workers=("retention",), retention={"at": "00:00", "wait_s": 0}, backup={"nightly": True})
    said = DistrictFile(name=DISTRICT, title="Nightly", retention={"incident": 30})
    districts.put(stack.configured.districts, said, None)
    settings: Settings = stack.start()
    client = clickhouse_connect.get_client(**settings.clickhouse.client())
    rows = [
        (YOUNG, now - timedelta(days=29), None),
        (OLD, now - timedelta(days=31), None),
        (OVER, now - timedelta(days=9), now - timedelta(days=1)),
    ]
    client.insert(
        "incidents",
        [[record, DISTRICT, 1, landed, [DISTRICT, "other"], expires] for record, landed, expires in rows],
        column_names=["record_id", "district", "revision", "landed_at", "visible_to", "release_expires_at"],
    )

    def left() -> dict[str, list[str]]:
        return {
            str(record): list(who)
            for record, who in client.query("SELECT record_id, visible_to FROM incidents").result_rows
        }

    assert set(left()) == {YOUNG, OLD, OVER}
    limit = time.monotonic() + 60
    while counters(settings.data).get("retention", {}).get("runs") != 1:
        assert time.monotonic() < limit, (settings.data / "logs" / "supervisor.log", counters(settings.data))
        stack.watch()
        time.sleep(0.2)
    assert left() == {YOUNG: [DISTRICT, "other"], OVER: [DISTRICT]}
    told = counters(settings.data)["retention"]
    assert (told["rows"], told["withdrawn"], told["last_rows"], told["last_error"]) == (1, 1, 1, None)
    logged = (settings.data / "logs" / "retention.log").read_text()
    assert "rows=1" in logged
    (made,) = Shelf(settings).all()
    assert (told["backups"], told["backups_gone"]) == (1, 0)
    # Of the two that are left, the one of the 29th of 30 days would be due while the backup is kept.
    assert made.rows["incidents"] == 1
    assert DISTRICT not in logged, "counts alone are logged"
    assert all(service.name != "retention" for service in stack.services), "no process waits for the night"

    own = clickhouse_connect.get_client(**settings.clickhouse.client(account="retention"))
    with pytest.raises(DatabaseError, match="ACCESS_DENIED"):
        own.insert("incidents", [["nightly:new"]], column_names=["record_id"])
    with pytest.raises(DatabaseError, match="ACCESS_DENIED"):
        own.command("DROP TABLE incidents")
