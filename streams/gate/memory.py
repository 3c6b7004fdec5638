"""What the gate let through before: each record's latest revision, in a RocksDB store that caches the shared topic.

The shared topic is the truth. The store notes up to which offset of each partition it is complete, in the same write
as the records, so that whatever a crash kept from it is read again from the topic (:mod:`streams.gate.catch_up`).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from rocksdict import Options, Rdict, WriteBatch


class Seen(NamedTuple):
    """The latest revision let through of a record, and the district that it belongs to."""

    revision: int
    district: str


class Memory(Protocol):
    """What the judge asks."""

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        """What was seen of each record."""
        ...


class NoMemory:
    """Nothing was ever seen; for tests and benches of the judge alone."""

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        """See :class:`Memory`."""
        return [None] * len(record_ids)


class StoreTaken(RuntimeError):
    """Another process holds the store."""


PLACE = b"place"


class RocksMemory:
    """The store in a folder of its own."""

    def __init__(self, folder: Path) -> None:
        """Open or create it; raises :class:`StoreTaken` when another gate has it open."""
        self.folder = folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._store = self._open()
        place = json.loads(self._store.get(PLACE) or "{}")
        self.topic_id: str = place.get("topic_id", "")
        self.offsets: dict[int, int] = {int(key): value for key, value in place.get("offsets", {}).items()}

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        """See :class:`Memory`. One call to the store for them all."""
        values: Any = self._store.get([b"r" + record_id.encode() for record_id in record_ids])
        return [
            None if value is None else Seen(int.from_bytes(value[:8], "big"), value[8:].decode()) for value in values
        ]

    def remember(self, records: Iterable[tuple[str, Seen]], offsets: Mapping[int, int]) -> None:
        """Keep records, and that the store is complete up to (not with) these offsets; all of it or nothing."""
        self.offsets |= offsets
        batch = WriteBatch(raw_mode=True)
        for record_id, (revision, district) in records:
            batch.put(b"r" + record_id.encode(), revision.to_bytes(8, "big") + district.encode())
        batch.put(PLACE, json.dumps({"topic_id": self.topic_id, "offsets": self.offsets}).encode())
        self._store.write(batch)

    def clear(self, topic_id: str) -> None:
        """Forget all: the topic is another one now."""
        self.close()
        Rdict.destroy(str(self.folder), Options(raw_mode=True))
        self._store = self._open()
        self.topic_id, self.offsets = topic_id, {}
        self.remember([], {})

    def close(self) -> None:
        """Let the store go."""
        self._store.close()

    def _open(self) -> Rdict:
        try:
            return Rdict(str(self.folder), Options(raw_mode=True))
        except Exception as error:  # rocksdict raises bare exceptions
            if "lock" in str(error).lower():
                raise StoreTaken(
                    f"{self.folder} is held by another gate: stop that one, or name another folder"
                ) from error
            raise
