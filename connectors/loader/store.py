"""The loader's side of ClickHouse: insert framed Avro, tell whose fault a failure is, wait out what is not the data's.

Two kinds of failure matter. The store's own (away, restarting, full, table not there yet): nothing is wrong with the
batch, so it is tried again for as long as it takes. The data's: :class:`connectors.loader.landing.Refused`.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit, urlunsplit

import clickhouse_connect
import structlog
import tenacity
from clickhouse_connect.driver.client import Client
from clickhouse_connect.driver.exceptions import ClickHouseError, DatabaseError, OperationalError

from connectors.loader.batch import Batch
from connectors.loader.landing import Refused
from connectors.loader.routes import Route
from streams.settings import Registry, Settings

log = structlog.get_logger()
Answer = TypeVar("Answer")

# ClickHouse error codes that say nothing about the data: the same batch may pass later. All others are the data's.
STORE_AT_FAULT = frozenset({
    60, 81, 218,  # table or database not there (yet), table dropped
    3, 159, 209, 210, 198, 279, 439, 425, 1000,  # cut off, timed out, network, name service, no thread, system, Poco
    164, 192, 193, 194, 497, 516,  # read-only, user unknown, password wrong, no grant
    202, 203, 252, 236, 242, 243, 394, 473, 745, 999,  # too busy, aborted, read-only table, disk full, cancelled
})  # fmt: skip
REMOTE_ANSWERED, NOT_FOUND = 86, re.compile(r"HTTP status code: 404|404 \(?Not Found|40403")


class Away(RuntimeError):
    """ClickHouse cannot take the batch now, and it is not the batch's fault."""


class Stopped(RuntimeError):
    """The loader was told to stop while it waited for ClickHouse."""


class Store:
    """A connection to ClickHouse that waits for it. Safe to use from several threads."""

    def __init__(
        self,
        settings: Settings,
        stopping: threading.Event,
        trouble: Callable[[str], None] = lambda _: None,
        longest_wait_s: float = 5.0,
    ) -> None:
        """`trouble` is told the reason of each wait, and the empty text when it is over."""
        self._settings = settings
        self._stopping = stopping
        self._trouble = trouble
        self._longest_wait_s = longest_wait_s
        self._registry = registry_address(settings.registry)
        self._client: Client | None = None
        self._lock = threading.Lock()

    def insert(self, batch: Batch, route: Route) -> None:
        """Hand a batch to ClickHouse to decode and store, all or nothing; waits while ClickHouse is away.

        Raises:
            Refused: the data is at fault.
            Stopped: told to stop while waiting. Nothing is lost: the offsets are not committed.
        """
        self.wait_for(lambda client: self._insert(client, batch, route))

    def add(self, table: str, rows: Sequence[Mapping[str, Any]], token: str) -> None:
        """Insert rows of our own making, such as rejections; waits as :meth:`insert` does."""
        columns = list(rows[0])
        values = [[row[column] for column in columns] for row in rows]
        settings = {"insert_deduplication_token": token, "async_insert": 0}
        self.wait_for(lambda client: client.insert(table, values, column_names=columns, settings=settings))

    def wait_for(self, ask: Callable[[Client], Answer]) -> Answer:
        """What ClickHouse answers, however long it takes until it does."""
        attempts = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Away),
            wait=tenacity.wait_random_exponential(multiplier=0.1, max=self._longest_wait_s),
            stop=tenacity.stop_when_event_set(self._stopping),
            sleep=tenacity.sleep_using_event(self._stopping),
            before_sleep=self._say,
        )
        try:
            answer: Answer = attempts(self._ask, ask)
        except tenacity.RetryError as error:
            raise Stopped("stopped while waiting for clickhouse: what was not landed is read again") from error
        if attempts.statistics.get("attempt_number", 1) > 1:
            log.info("clickhouse answers again", attempts=attempts.statistics["attempt_number"])
            self._trouble("")
        return answer

    def _ask(self, ask: Callable[[Client], Answer]) -> Answer:
        try:
            return ask(self._connect())
        except DatabaseError as error:
            if isinstance(error, OperationalError) or at_fault(error) == "store":
                raise Away(first_line(error)) from error
            raise Refused(kind(error)) from error
        except (ClickHouseError, OSError) as error:
            raise Away(first_line(error)) from error

    def _connect(self) -> Client:
        with self._lock:
            if self._client is None:
                self._client = connect(self._settings)
            return self._client

    def _insert(self, client: Client, batch: Batch, route: Route) -> None:
        settings = {
            "insert_deduplication_token": batch.token,
            "format_avro_schema_registry_url": self._registry,
            # A record written before a column existed lands with that column's default.
            "input_format_avro_allow_missing_fields": 1,
            # Asynchronous inserts are the default of recent servers: they would regroup batches and weaken the token.
            "async_insert": 0,
        }
        summary = client.raw_insert(
            route.target, insert_block=batch.body, fmt="AvroConfluent", settings=settings
        ).summary
        # A record whose bytes run into the next could in theory swallow it; a batch that does not count out is refused.
        if int(summary.get("written_rows", len(batch))) != len(batch):
            raise Refused(f"clickhouse read {summary['written_rows']} records where {len(batch)} were sent")

    def _say(self, state: tenacity.RetryCallState) -> None:
        reason = str(state.outcome.exception()) if state.outcome else ""
        log.warning("waiting for clickhouse", attempt=state.attempt_number, reason=reason)
        self._trouble(reason)


def connect(settings: Settings) -> Client:
    """A client for the platform's own user; raises as clickhouse-connect does when there is no server."""
    return clickhouse_connect.get_client(**settings.clickhouse.client())


def at_fault(error: DatabaseError) -> str:
    """Whose fault a server's error is: ``store`` or ``data``."""
    code = getattr(error, "code", None)
    if code == REMOTE_ANSWERED:
        # The registry answered: 404 means that it has no such schema, anything else that it is not well.
        return "data" if NOT_FOUND.search(str(error)) else "store"
    return "store" if code is None or code in STORE_AT_FAULT else "data"


def kind(error: DatabaseError) -> str:
    """The name and code of a server's error, such as ``INCORRECT_DATA (117)``. Its text may quote a record's values."""
    code = getattr(error, "code", None)
    return f"{getattr(error, 'name', None) or 'STD_EXCEPTION'} ({code})"


def first_line(error: BaseException) -> str:
    """Why the store cannot be used, without address, version and stack."""
    text = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    text = re.sub(r"^Received ClickHouse exception, code: \d+, server response: ", "", text)
    text = re.sub(r" \(for url [^)]*\)| \(version [^)]*\)|DB::Exception: ", "", text)
    return text[:300]


def registry_address(registry: Registry) -> str:
    """The registry's address as ClickHouse wants it, with user and password in it where there are any."""
    if not registry.username:
        return registry.url
    parts = urlsplit(registry.url)
    secret = f"{quote(registry.username, safe='')}:{quote(registry.password.get_secret_value(), safe='')}"
    return urlunsplit(parts._replace(netloc=f"{secret}@{parts.netloc}"))
