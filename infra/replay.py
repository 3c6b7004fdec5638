"""A period computed anew from the records that were shared in it, beside the alerts that were given then.

From the store each record is taken in its newest state, as though it had been right from the start, and none that was
taken back; so the two are compared by what stands: alerts that no other replaces or cancels, by recipient and evidence.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from clickhouse_connect.driver.client import Client

from connectors.landed import connected, rows
from infra.evaluate.detect import TIMES, Runs
from infra.evaluate.gated import Line
from jobs import pattern
from jobs.pattern import CLOCK, Pattern, PatternError, Table
from jobs.trial import Trial
from schemas import contracts
from streams.settings import Settings

RECORDS = (
    "SELECT {columns}, {arrival} AS arrived_at FROM {table} FINAL WHERE {arrival} >= %(since)s AND {arrival} < %(to)s"
)
GIVEN = """
SELECT * FROM alerts FINAL
WHERE pattern = %(pattern)s AND last_occurred_from >= %(since)s AND last_occurred_from < %(to)s
"""
Key = tuple[str, tuple[str, ...]]
Alert = dict[str, Any]


@dataclass(frozen=True)
class Period:
    """From and to, the latter not in it; records of ``before`` it are read too, for what rests on earlier ones."""

    since: datetime
    to: datetime
    before: timedelta

    def holds(self, alert: Alert) -> bool:
        """Whether the last of what an alert rests on happened in it."""
        return milliseconds(self.since) <= int(alert["last_occurred_from"]) < milliseconds(self.to)


@dataclass(frozen=True)
class Difference:
    """Of one pattern: how many alerts stand in both, and those that stand on one side alone."""

    pattern: str
    same: int
    only_given: tuple[Alert, ...]
    only_replayed: tuple[Alert, ...]


def replayable(names: Iterable[str]) -> dict[str, str]:
    """Why a pattern cannot be replayed from the store, for those that cannot: it needs what is never landed."""
    found = {}
    for name in names:
        for table in _tables(pattern.load(name)):
            storage = contracts.get(table.contract).storage
            never = set(storage.leave_out if storage else ()) & set(_columns(table))
            if lost := sorted(one for one in never if not one.startswith("prior_")):
                found[name] = f"it reads {', '.join(lost)} of {table.contract}, which never lands"
    return found


def from_store(settings: Settings, names: Sequence[str], period: Period) -> list[Line]:
    """The lines that these patterns need, by arrival at the gate.

    Raises:
        StoreAway: the store does not answer.
    """
    tables = {table.contract: table for name in names for table in _tables(pattern.load(name))}
    with connected(settings) as client:
        lines = [line for table in tables.values() for line in _landed(client, table, period)]
    return sorted(lines, key=lambda line: int(line["arrived_at"]))


def given(settings: Settings, name: str, period: Period) -> list[Alert]:
    """The alerts of a pattern that landed for the period, times in milliseconds. Raises as :func:`from_store`."""
    with connected(settings) as client:
        found = rows(client, GIVEN, {"pattern": name, "since": period.since, "to": period.to})
    return [row | {key: milliseconds(row[key]) for key in TIMES} for row in found]


def compare(
    trial: Trial,
    settings: Settings,
    names: Sequence[str],
    lines: Sequence[Line],
    period: Period,
    given_then: Callable[[str], Iterable[Alert]],
) -> Iterator[Difference]:
    """Each pattern over the lines, beside the alerts of it that ``given_then`` has."""
    runs = Runs(trial, settings, lines)
    for name in names:
        replayed = [one.alert for one in runs.alerts(name)[0] if period.holds(one.alert)]
        ours, theirs = standing(replayed), standing(given_then(name))
        yield Difference(
            name,
            len(ours.keys() & theirs.keys()),
            tuple(theirs[key] for key in sorted(theirs.keys() - ours.keys())),
            tuple(ours[key] for key in sorted(ours.keys() - theirs.keys())),
        )


def standing(alerts: Iterable[Alert]) -> dict[Key, Alert]:
    """The alerts that nothing replaces or cancels, by recipient and evidence."""
    every = list(alerts)
    replaced = {earlier for one in every for earlier in one["references"]}
    return {
        (one["recipient"], tuple(sorted(one["incidents"]))): one
        for one in every
        if one["msg_type"] != "Cancel" and one["identifier"] not in replaced
    }


def milliseconds(at: datetime) -> int:
    """A time as milliseconds UTC."""
    return round((at if at.tzinfo else at.replace(tzinfo=UTC)).timestamp() * 1000)


def _tables(loaded: Pattern) -> Iterator[Table]:
    """What it reads of records; of what another pattern makes, what that one reads."""
    for table in loaded.reads.values():
        if table.contract == CLOCK:
            continue
        makers = [one for one in map(pattern.load, pattern.names()) if _writes(one, table.contract)]
        if makers and table.stage == "result":
            for maker in makers:
                yield from _tables(maker)
        else:
            yield table


def _writes(one: Pattern, contract: str) -> bool:
    return any(table.contract == contract for table in one.writes.values())


def _columns(table: Table) -> list[str]:
    names = [field.name for field in contracts.get(table.contract).fields(table.stage)]
    return [name for name in names if not table.columns or name in table.columns]


def _landed(client: Client, table: Table, period: Period) -> Iterator[Line]:
    contract = contracts.get(table.contract)
    storage = contract.storage
    if storage is None:
        raise PatternError(f"records of type {table.contract} are not landed: replay them from a file")
    times = {field.name for field in contract.fields(table.stage) if field.kind == "timestamp"}
    kept = [name for name in _columns(table) if name not in storage.leave_out]
    arrival = "gated_at" if "gated_at" in times else "rejected_at"
    statement = RECORDS.format(
        columns=", ".join(f"`{name}`" for name in kept), arrival=arrival, table=f"`{storage.table}`"
    )
    for row in rows(client, statement, {"since": period.since - period.before, "to": period.to}):
        arrived_at = milliseconds(row.pop("arrived_at"))
        record = {
            key: milliseconds(value) if key in times and value is not None else value for key, value in row.items()
        }
        yield {"type": table.contract, "record": record, "arrived_at": arrived_at}
