"""A ClickHouse with two districts, the guard before it, and rows of which one district may not see some."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import clickhouse_connect
import httpx
from clickhouse_connect.driver.client import Client

from connectors.loader.store import connect
from infra.local import credentials
from infra.local.service import State
from infra.local.stack import Stack
from infra.provision.tables import Tables
from schemas import samples
from schemas.contract import Contract, Field
from schemas.render import clickhouse
from streams import districts
from streams.settings import Configured, Settings

SECRET = "a secret that is not a number"
INCIDENTS = ["record_id", "district", "revision", "category", "description", "visible_to", "lat", "lon", "status"]


@contextmanager
def world(data: Path, **options: Any) -> Iterator[Stack]:
    """The stack, running; districts north and south have joined. No broker: nothing here comes by a topic."""
    configured = Configured(data_dir=data, **options)
    for name in ("north", "south"):
        districts.join(configured.districts, name, name.title(), None)
    stack = Stack(configured, services=("clickhouse",), workers=("guard",))
    try:
        Tables(stack.start()).apply()
        watch_until(stack, lambda: all(one.state is State.HEALTHY for one in stack.services))
        yield stack
    finally:
        stack.stop()


def watch_until(stack: Stack, condition: Any, limit_s: float = 60) -> None:
    """Watch over the stack, as its supervisor does, until the condition holds."""
    until = time.monotonic() + limit_s
    while not condition():
        assert time.monotonic() < until, "waited too long"
        stack.watch()
        time.sleep(0.1)


def incident(record_id: str, visible_to: list[str], revision: int = 1, description: str = "12") -> list[Any]:
    return [record_id, "south", revision, "burglary", description, visible_to, 43.6, -79.4, "open"]


def add(settings: Settings, *rows: list[Any]) -> None:
    """Land incidents, as the platform."""
    connect(settings).insert("incidents", list(rows), INCIDENTS)


def hide(settings: Settings, record_id: str = "hidden:1") -> None:
    """Land an incident, a link, an alert and a rejection that the north may not see."""
    client = connect(settings)
    add(settings, incident(record_id, ["south"], description=SECRET))
    client.insert(
        "links",
        [[f"{record_id}~x", "linked_incidents", record_id, "x", ["south"], 5.0]],
        ["link_id", "pattern", "a_record_id", "b_record_id", "visible_to", "metres"],
    )
    client.insert("alerts", [[record_id, ["south"], SECRET]], ["identifier", "visible_to", "headline"])
    client.insert("rejections", [[record_id, "south", SECRET]], ["rejection_id", "district", "message"])


def row(contract: Contract, number: str, readers: list[str], **changes: Any) -> dict[str, Any]:
    """A row of a contract's table, made of the contract's examples; of the first reader, and for all of them.

    Its own key is ``number``; every other value is as in any row, so that all rows belong together in a view.
    """
    assert contract.storage is not None
    stage = contract.storage.stage
    whole = samples.example(contract, stage)
    fields = {field.name: field for field in contract.fields(stage)}
    columns = [column.name for column in clickhouse.columns(contract) if column.name in fields]
    given = {"visible_to": readers, "recipient": readers[0], "district": readers[0], "release_expires_at": None}
    given |= (
        {contract.storage.order_by[0]: f"{readers[0]}:{number}"} if contract.storage.order_by[0] != "district" else {}
    )
    made = whole | {name: value for name, value in (given | changes).items() if name in fields}
    return {name: _landed(fields[name], made[name]) for name in columns}


def _landed(field: Field, value: Any) -> Any:
    if field.kind == "timestamp" and isinstance(value, int):
        return datetime.fromtimestamp(value / 1000, UTC)
    return value


def put(settings: Settings, contract: Contract, one: dict[str, Any]) -> None:
    """Land a row, as the platform."""
    assert contract.storage is not None
    connect(settings).insert(contract.storage.table, [list(one.values())], list(one))


def login(settings: Settings, district: str = "north") -> tuple[str, str]:
    """The name and password of a district's analysts, from its credentials file."""
    found = credentials.read(settings.data, district)
    return found["CROSSBEAT_CLICKHOUSE__ANALYST_USERNAME"], found["CROSSBEAT_CLICKHOUSE__ANALYST_PASSWORD"]


def analyst(settings: Settings, district: str = "north", **options: Any) -> Client:
    """A client as people have it, without any option of ours, through the guard."""
    name, password = login(settings, district)
    return clickhouse_connect.get_client(
        host=settings.guard.host, port=settings.guard.port, username=name, password=password, **options
    )


def ask(settings: Settings, statement: str, district: str = "north", **parameters: str) -> httpx.Response:
    """The bare answer of the guard, as curl would get it."""
    return httpx.post(
        f"http://{settings.guard.host}:{settings.guard.port}/",
        content=statement,
        params=parameters,
        auth=login(settings, district),
        timeout=60,
    )
