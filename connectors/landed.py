"""Ask the store, as the platform, for what has landed."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import clickhouse_connect
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError

from streams.settings import Settings


class StoreAway(RuntimeError):
    """The store gave no answer; ``set_up`` tells whether there is one at all."""

    def __init__(self, reason: str, *, set_up: bool) -> None:
        super().__init__(reason)
        self.set_up = set_up


@contextmanager
def connected(settings: Settings) -> Iterator[Client]:
    """A client, closed at the end.

    Raises:
        StoreAway: no server is set, or it does not answer; the text is the kind of fault, without values.
    """
    if not settings.clickhouse.host:
        raise StoreAway("no clickhouse is set and no stack runs here", set_up=False)
    try:
        client = clickhouse_connect.get_client(**settings.clickhouse.client())
        try:
            yield client
        finally:
            client.close()
    except (ClickHouseError, OSError) as error:
        raise StoreAway(type(error).__name__, set_up=True) from error


def rows(client: Client, statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """All rows of an answer by column; times know that they are UTC."""
    return list(client.query(statement, parameters=parameters, tz_mode="aware").named_results())
