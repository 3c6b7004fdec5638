"""Ask the store for all traces of one record: its revisions, links, series, alerts, receipts, rejections, retractions.

Rows are read without FINAL: what was replaced or taken back is what a trace is for. A row that a merge has already
folded into a later one is gone; the receipts, which are never replaced, still tell of it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from clickhouse_connect.driver.client import Client

from connectors.landed import StoreAway, connected, rows
from schemas import contracts
from streams.settings import Settings

MOST = 10_000
# What is derived from a record: id column, columns that name records, column of time, and what to call a row.
LINKS = """
SELECT link_id, retracted, visible_to, a_revision + b_revision AS version, landed_at
FROM links WHERE a_record_id = {id:String} OR b_record_id = {id:String}
ORDER BY landed_at LIMIT {most:UInt32}
"""
ALERTS = """
SELECT identifier, msg_type, recipient, visible_to, references, sent
FROM alerts
WHERE has(incidents, {id:String})
   OR hasAny(references, (SELECT groupArray(identifier) FROM alerts WHERE has(incidents, {id:String})))
ORDER BY sent LIMIT {most:UInt32}
"""
SERIES = """
SELECT series_id, revision, retracted, replaced_by, visible_to, updated_at
FROM series WHERE has(members, {id:String})
ORDER BY updated_at LIMIT {most:UInt32}
"""
RECEIPTS = """
SELECT record_type, record_id, version, recipients, withdrawn_from, delivered_at
FROM receipts WHERE has({ids:Array(String)}, record_id)
ORDER BY delivered_at LIMIT {most:UInt32}
"""
REJECTIONS = """
SELECT rejection_id, reason, message, rejected_at
FROM rejections WHERE record_id = {id:String}
ORDER BY rejected_at LIMIT {most:UInt32}
"""
RETRACTIONS = """
SELECT record_id, target_revision, reason, visible_to, gated_at
FROM retractions WHERE target_record_id = {id:String}
ORDER BY gated_at LIMIT {most:UInt32}
"""
RECORDS = """
SELECT revision, retracted, visible_to, gated_at, source_topic, ${over} AS over
FROM {table:Identifier} WHERE record_id = {id:String}
ORDER BY gated_at LIMIT {most:UInt32}
"""
# Types that everybody has who had what they speak of, as retractions, have no release of their own.
OVER = "release_expires_at IS NOT NULL AND release_expires_at <= gated_at"


class TraceError(RuntimeError):
    """The store gave no answer. Its text is one line of reason and, after a line break, what to do next."""


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened to a record or to what was derived from it."""

    at: datetime
    """UTC."""
    what: str
    """shared, retracted, linked, unlinked, in series, series ended, alert,
    delivered, withdrawn, rejected or asked back."""
    name: str
    """Of which record, link, series, alert or message."""
    who: tuple[str, ...]
    """Districts that it concerns: those that may see it, had it delivered, or had it withdrawn."""
    detail: str

    def as_dict(self) -> dict[str, Any]:
        """For JSON; the time in ISO 8601."""
        return asdict(self) | {"at": self.at.isoformat(timespec="milliseconds")}


def trace(settings: Settings, record_id: str) -> list[Event]:
    """Everything that has landed about a record, oldest first; empty when nothing has.

    Raises:
        TraceError: there is no store, or it does not answer.
    """
    with _connected(settings) as client:
        return sorted(_events(client, record_id), key=lambda event: event.at)


def latest_revision(settings: Settings, record_type: str, record_id: str) -> int | None:
    """The highest revision of a record that has landed; none when there is none, or it was taken back.

    Raises:
        TraceError: there is no store, it does not answer, or records of that type are not landed.
    """
    if record_type not in _tables():
        raise TraceError(f"no record type {record_type} is shared\nthere are {', '.join(sorted(_tables()))}")
    with _connected(settings) as client:
        found = _revisions(client, record_type, record_id)
    last = max(found, key=lambda row: (row["revision"], row["retracted"]), default=None)
    return None if last is None or last["retracted"] else int(last["revision"])


@contextmanager
def _connected(settings: Settings) -> Iterator[Client]:
    try:
        with connected(settings) as client:
            yield client
    except StoreAway as error:
        if not error.set_up:
            raise TraceError(f"{error}\nstart one with `crossbeat up --detach`") from error
        raise TraceError(
            f"clickhouse cannot tell: {error}\n`crossbeat doctor` says whether its tables are complete"
        ) from error


def _tables() -> dict[str, str]:
    """Tables of the record types that districts share, by type."""
    return {one.name: one.storage.table for one in contracts.all() if "shared" in one.stages and one.storage}


def _revisions(client: Client, record_type: str, record_id: str) -> list[dict[str, Any]]:
    released = any(field.name == "release_expires_at" for field in contracts.get(record_type).stored_fields)
    statement = RECORDS.replace("${over}", OVER if released else "false")
    return rows(client, statement, {"id": record_id, "most": MOST, "table": _tables()[record_type]})


def _events(client: Client, record_id: str) -> Iterator[Event]:
    known = {"id": record_id, "most": MOST}
    for record_type in _tables():
        for row in _revisions(client, record_type, record_id):
            what = "retracted" if row["retracted"] else "shared"
            over = ", its release is over" if row["over"] else ""
            detail = f"{record_type} revision {row['revision']}, from {row['source_topic']}{over}"
            yield Event(row["gated_at"], what, record_id, tuple(row["visible_to"]), detail)
    for row in rows(client, RETRACTIONS, known):
        detail = f"revision {row['target_revision']} and before, because: {row['reason']}"
        yield Event(row["gated_at"], "asked back", row["record_id"], tuple(row["visible_to"]), detail)
    for row in rows(client, REJECTIONS, known):
        yield Event(row["rejected_at"], "rejected", row["rejection_id"], (), f"{row['reason']}: {row['message']}")
    names = [record_id]
    for row in rows(client, LINKS, known):
        names.append(row["link_id"])
        what = "unlinked" if row["retracted"] else "linked"
        yield Event(row["landed_at"], what, row["link_id"], tuple(row["visible_to"]), f"version {row['version']}")
    for row in rows(client, SERIES, known):
        names.append(row["series_id"])
        what = "series ended" if row["retracted"] else "in series"
        into = f", now part of {row['replaced_by']}" if row["replaced_by"] else ""
        yield Event(
            row["updated_at"], what, row["series_id"], tuple(row["visible_to"]), f"revision {row['revision']}{into}"
        )
    for row in rows(client, ALERTS, known):
        names.append(row["identifier"])
        detail = row["msg_type"] + (f" of {', '.join(row['references'])}" if row["references"] else "")
        yield Event(row["sent"], "alert", row["identifier"], tuple(row["visible_to"]), detail)
    for row in rows(client, RECEIPTS, known | {"ids": sorted(set(names))}):
        for what, who in (("delivered", row["recipients"]), ("withdrawn", row["withdrawn_from"])):
            if who:
                detail = f"{row['record_type']} version {row['version']}"
                yield Event(row["delivered_at"], what, row["record_id"], tuple(who), detail)
