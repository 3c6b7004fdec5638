"""Proposals and the records that they are about, as they have landed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from clickhouse_connect.driver.client import Client

from connectors.landed import StoreAway, connected, rows
from connectors.records import NotTaken
from schemas import contracts
from streams.settings import Settings

OPEN = """
SELECT p.record_id AS proposal, p.district AS proposer, p.target_record_id, p.target_revision, p.field, p.value,
       p.reason, p.note, p.gated_at, a.answer AS answer
FROM proposals AS p FINAL
LEFT JOIN (SELECT alert_identifier, answer FROM acknowledgements FINAL) AS a ON a.alert_identifier = p.record_id
WHERE {owner:String} = '' OR startsWith(p.target_record_id, concat({owner:String}, ':'))
ORDER BY p.gated_at DESC LIMIT {most:UInt32}
"""
ONE = "SELECT * FROM {table:Identifier} FINAL WHERE record_id = {id:String}"
MOST = 1_000


def proposals(settings: Settings, owner: str = "") -> list[dict[str, Any]]:
    """Proposals about an owner's records, or all, the newest first, each with its answer if there is one.

    Raises:
        NotTaken: the store does not answer.
    """
    with _connected(settings) as client:
        return rows(client, OPEN, {"owner": owner, "most": MOST})


def record(settings: Settings, kind: str, record_id: str) -> dict[str, Any]:
    """A record in its latest revision.

    Raises:
        NotTaken: it has not landed, was taken back, or is of a type without a table.
    """
    storage = contracts.get(kind).storage
    if storage is None:
        raise NotTaken(f"records of type {kind} are not landed")
    with _connected(settings) as client:
        found = rows(client, ONE, {"table": storage.table, "id": record_id})
    if not found:
        raise NotTaken(f"no {kind} {record_id} has landed, or it was taken back: see `crossbeat trace {record_id}`")
    return found[0]


@contextmanager
def _connected(settings: Settings) -> Iterator[Client]:
    try:
        with connected(settings) as client:
            yield client
    except StoreAway as error:
        if not error.set_up:
            raise NotTaken(f"{error}: start one with `crossbeat up --detach`") from error
        raise NotTaken(f"clickhouse does not answer ({error}): see `crossbeat doctor`") from error
