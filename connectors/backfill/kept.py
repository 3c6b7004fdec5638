"""What was published of each record before, by its id: unchanged rows are left out, changed ones are new revisions.

A district's export or table seldom counts the versions of a row. So the hash of the columns that the mapping reads is
kept for each record id with the revision that it was published as, in an SQLite file beside the other data of the
district. It is written before Kafka has the records and marked after: a kill in between publishes the same revision
again, which the gate knows, and a row that has changed meanwhile gets the next one. So no change is lost and none is
taken for another.
"""

from __future__ import annotations

import fcntl
import json
import sqlite3
from collections.abc import Iterable
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import NamedTuple

import polars as pl

from connectors.backfill.errors import BackfillError
from connectors.mapping import Mapped, Mapping, Rejection
from connectors.mapping.draft import ROW, Draft

_TABLES = """
create table if not exists record (
  id text primary key, digest blob not null, revision integer not null, visit text not null, sent integer not null
) without rowid;
create table if not exists note (name text primary key, value text not null) without rowid;
"""
_UNTIL = "until"
TWICE = "its record id stands twice with different content: the first counts; see id, or mend the row"


class _Known(NamedTuple):
    digest: bytes
    revision: int
    visit: str
    sent: bool


class Kept:
    """The file of one mapping. One process at a time: another is refused."""

    def __init__(self, path: Path, mapping: Mapping) -> None:
        """Open the file, or make it.

        Raises:
            BackfillError: another process has it.
        """
        path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = path.with_suffix(".lock").open("w")
        try:
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise BackfillError(f"another process publishes by {mapping.path.name} already: end it first") from error
        path.touch(mode=0o600)
        self._store = sqlite3.connect(path)
        self._store.executescript(f"pragma journal_mode = wal; pragma synchronous = full; {_TABLES}")
        self._spec = mapping.spec
        self._columns = sorted(mapping.spec.columns())
        self._counts = "revision" not in mapping.spec.fields
        # A mapping that makes other records of the same rows makes all of them anew.
        told = mapping.spec.model_dump_json(exclude={"title", "source"})
        self._salt = blake2b(told.encode(), digest_size=32).digest()
        self._pending: list[str] = []

    def weigh(self, mapped: Mapped, rows: pl.DataFrame, visit: str, until: int = 0) -> Mapped:
        """Leave out what was published before, give the rest its revision, and keep both.

        Args:
            mapped: what became of ``rows``.
            rows: the chunk as it was read.
            visit: the look at the source that it belongs to. An id that comes twice in one visit with different content
                is a rejection, unless the mapping reads the revision from a column.
            until: how many rows of the visit will be done when this chunk is published, for :meth:`settle`.
        """
        records = mapped.records
        digests = self._digests(rows, records[ROW])
        ids = records["record_id"].to_list()
        refusals = [_refusal_id(one) for one in mapped.rejected]
        known = self._known([*ids, *refusals])
        revisions = records["revision"].to_list()
        send, twice = [False] * len(ids), []
        fresh: dict[str, _Known] = {}
        for index, (record_id, digest) in enumerate(zip(ids, digests, strict=True)):
            before = fresh.get(record_id) or known.get(record_id)
            if before is not None and before.digest == digest:
                if before.sent or record_id in fresh:
                    continue
                revision = before.revision
            elif before is not None and before.visit == visit and self._counts:
                twice.append(index)
                continue
            else:
                revision = 1 if before is None else before.revision + 1
            send[index] = True
            revisions[index] = revision if self._counts else revisions[index]
            fresh[record_id] = _Known(digest, revisions[index], visit, False)
        told = {name for name in refusals if name in known and known[name].sent}
        rejected = [one for one, name in zip(mapped.rejected, refusals, strict=True) if name not in told]
        rejected += [self._twice(rows, records, index) for index in twice]
        self._keep(fresh, set(refusals) - told, visit, until)
        left = records.with_columns(pl.Series("revision", revisions, dtype=pl.Int64)).filter(
            pl.Series(send, dtype=pl.Boolean)
        )
        unchanged = mapped.rows - mapped.left_out - left.height - len(rejected)
        return replace(mapped, records=left, rejected=rejected, unchanged=unchanged)

    def settle(self, visit: str, done: int) -> None:
        """After a restart: ``done`` rows of the visit are known to be published, as Kafka has it.

        A kill between Kafka's commit and :meth:`confirm` leaves a chunk unmarked, which would be sent once more.
        """
        if done and self.note(_UNTIL) == json.dumps([visit, done]):
            with self._store:
                self._store.execute("update record set sent = 1 where sent = 0 and visit = ?", [visit])

    def confirm(self, **notes: str) -> None:
        """What was weighed last is published; keep notes of the same moment."""
        with self._store:
            marked = json.dumps(self._pending)
            self._store.execute("update record set sent = 1 where id in (select value from json_each(?))", [marked])
            self._store.executemany("insert or replace into note values (?, ?)", notes.items())
        self._pending = []

    def note(self, name: str) -> str | None:
        """A note of :meth:`confirm`."""
        found = self._store.execute("select value from note where name = ?", [name]).fetchone()
        return None if found is None else str(found[0])

    def close(self) -> None:
        """Let another process have it."""
        self._store.close()
        self._lock.close()

    def _digests(self, rows: pl.DataFrame, wanted: pl.Series) -> list[bytes]:
        """The hash of each row that became a record, over the columns that the mapping reads."""
        draft = Draft(rows, self._spec.input.empty)
        columns = [draft.listed(name).fill_null("\0").alias(str(at)) for at, name in enumerate(self._columns)]
        texts = pl.DataFrame([rows[ROW], *columns]).filter(pl.col(ROW).is_in(wanted.to_list()))
        joined = texts.select(pl.concat_str(pl.exclude(ROW), separator="\x1f")).to_series().to_list()
        return [blake2b(text.encode(), digest_size=16, key=self._salt).digest() for text in joined]

    def _known(self, ids: list[str]) -> dict[str, _Known]:
        query = "select id, digest, revision, visit, sent from record where id in (select value from json_each(?))"
        found = self._store.execute(query, [json.dumps(ids)])
        return {row[0]: _Known(row[1], row[2], row[3], bool(row[4])) for row in found}

    def _keep(self, fresh: dict[str, _Known], refusals: Iterable[str], visit: str, until: int) -> None:
        rows = [(name, *one) for name, one in fresh.items()]
        refused = [(name, b"", 0, visit, False) for name in refusals]
        with self._store:
            self._store.executemany("insert or replace into record values (?, ?, ?, ?, ?)", [*rows, *refused])
            self._store.execute("insert or replace into note values (?, ?)", [_UNTIL, json.dumps([visit, until])])
        self._pending = [row[0] for row in (*rows, *refused)]

    def _twice(self, rows: pl.DataFrame, records: pl.DataFrame, index: int) -> Rejection:
        number = records[ROW][index]
        draft = Draft(rows, secret=self._spec.secret_columns())
        raw = draft.raw(int((rows[ROW] == number).arg_true()[0]))
        return Rejection(number, "duplicate", "record_id", TWICE, None, records["district"][index], raw)


def _refusal_id(rejection: Rejection) -> str:
    """A name of a rejected row and of why; no record id begins so."""
    told = blake2b(rejection.raw, digest_size=16)
    told.update(f"{rejection.district} {rejection.reason} {rejection.field} {rejection.message}".encode())
    return f"!{told.hexdigest()}"
