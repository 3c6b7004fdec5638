"""Which rows to check next: those landed since the last run, in spans that cover every landing time exactly once.

A span ends at a landing time, never inside one: rows of one insert share theirs. The youngest rows wait a moment,
so that an insert that was stamped earlier but is seen later is not passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from clickhouse_connect.driver.client import Client

from schemas.annotations import StorageNotes
from schemas.contract import Contract
from schemas.render import clickhouse

SETTLE_S = 2


@dataclass(frozen=True, slots=True)
class Span:
    """Landing times after `start` up to and with `end`, in ms since the epoch, and how many rows they hold."""

    start: int
    end: int
    rows: int


def spans(counts: Iterable[tuple[int, int]], start: int, rows: int) -> list[Span]:
    """Group landing times (each with its count of rows, ascending) into spans of about `rows` rows."""
    found: list[Span] = []
    held = 0
    end = start
    for end, count in counts:
        held += count
        if held >= rows:
            found.append(Span(start, end, held))
            start, held = end, 0
    if held:
        found.append(Span(start, end, held))
    return found


class Landed:
    """The landed rows of one record type."""

    def __init__(self, client: Client, contract: Contract) -> None:
        self._client = client
        self._table = stored(contract).table
        self._columns = [_selected(contract, column.name) for column in clickhouse.columns(contract)]

    def since(self, start: int, rows: int) -> list[Span]:
        """Spans of the rows that landed after `start` and have settled."""
        counts = self._client.query(
            f"SELECT toUnixTimestamp64Milli(landed_at) AS at, count() FROM {self._table} "  # noqa: S608 - a contract's name
            "WHERE landed_at > fromUnixTimestamp64Milli({start:Int64}) "
            "AND landed_at <= now64(3) - INTERVAL {settle:UInt8} SECOND GROUP BY at ORDER BY at",
            parameters={"start": start, "settle": SETTLE_S},
        ).result_rows
        return spans(((int(at), int(count)) for at, count in counts), start, rows)

    def frame(self, span: Span) -> Any:
        """The span's rows, of each record the latest revision in the span, as a pandas frame."""
        return self._client.query_df(
            f"SELECT {', '.join(self._columns)} FROM {self._table} FINAL "  # noqa: S608 - a contract's names
            "WHERE landed_at > fromUnixTimestamp64Milli({start:Int64}) "
            "AND landed_at <= fromUnixTimestamp64Milli({end:Int64})",
            parameters={"start": span.start, "end": span.end},
            # Pandas checks every value of its own string type again at each copy: a third of the time of a check.
            use_extended_dtypes=False,
        )


def _selected(contract: Contract, column: str) -> str:
    """The column as it is read: bytes that nobody has looked at stay where they are."""
    unchecked = {f.name for f in contract.fields(stored(contract).stage) if f.notes.sensitivity == "unchecked"}
    return f"substring(`{column}`, 1, 0) AS `{column}`" if column in unchecked else f"`{column}`"


def stored(contract: Contract) -> StorageNotes:
    """What the contract says of its table.

    Raises:
        ValueError: it has none, so there is nothing to check.
    """
    if contract.storage is None:
        raise ValueError(f"{contract.name} is not landed: it has no rows to check")
    return contract.storage
