"""What became of each file of a folder, on disk: it survives a kill at any moment."""

from __future__ import annotations

import sqlite3
import time
from pathlib import Path
from typing import NamedTuple

from connectors.watch.folder import Stamp

_TABLE = """
create table if not exists file (
  name text primary key, stamp text not null, visit integer not null, tries integer not null, outcome text not null,
  reason text not null, at real not null
) without rowid;
"""
BEGUN, DONE, REFUSED = "begun", "done", "refused"


class Seen(NamedTuple):
    """The last look at a file."""

    stamp: str
    visit: int
    """Counts the contents that a name has had."""
    tries: int
    outcome: str
    reason: str


class SeenFiles:
    """The files of one folder under one mapping."""

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._store = sqlite3.connect(path)
        self._store.executescript(f"pragma journal_mode = wal; pragma synchronous = full; {_TABLE}")

    def get(self, name: str) -> Seen | None:
        """The last look at a file of that name."""
        query = "select stamp, visit, tries, outcome, reason from file where name = ?"
        found = self._store.execute(query, [name]).fetchone()
        return None if found is None else Seen(*found)

    def settled(self, name: str, stamp: Stamp, mapping_sha256: str) -> bool:
        """Whether nothing is to be done about this state of the file."""
        found = self.get(name)
        return found is not None and found.stamp == _told(stamp, mapping_sha256) and found.outcome != BEGUN

    def begin(self, name: str, stamp: Stamp, mapping_sha256: str) -> Seen:
        """Note that the file is tried; the same state again is the same visit."""
        before, told = self.get(name), _told(stamp, mapping_sha256)
        if before is not None and before.stamp == told and before.outcome == BEGUN:
            now = before._replace(tries=before.tries + 1)
        else:
            now = Seen(told, before.visit + 1 if before else 1, 1, BEGUN, "")
        self._write(name, now)
        return now

    def forgive(self, name: str) -> None:
        """Forget the tries: what went wrong was not the file's doing, or it has got on."""
        found = self.get(name)
        if found is not None:
            self._write(name, found._replace(tries=0))

    def end(self, name: str, outcome: str, reason: str = "") -> None:
        """Note how it ended."""
        found = self.get(name)
        if found is not None:
            self._write(name, found._replace(outcome=outcome, reason=reason))

    def close(self) -> None:
        """Let go of the file."""
        self._store.close()

    def _write(self, name: str, seen: Seen) -> None:
        with self._store:
            self._store.execute("insert or replace into file values (?, ?, ?, ?, ?, ?, ?)", [name, *seen, time.time()])


def _told(stamp: Stamp, mapping_sha256: str) -> str:
    """With another mapping the same file is worth another look."""
    return f"{stamp.size}:{stamp.modified_ns}:{stamp.number}:{mapping_sha256}"
