"""The gate's memory as a RocksDB store that caches the shared topics.

The shared topics are the truth. The store notes up to which offset of each partition it is complete, in the same write
as the records, so that whatever a crash kept from it is read again from the topics (:mod:`streams.gate.catch_up`).

A record takes 16 bytes beside its id, 32 with a point. What many records share, such as who may see them, is kept once
and named by a number.

Beside the records it keeps when their releases end, in the order of time and then of place in the topics. What a later
revision has made untrue is not looked for: it is seen when its time has come, and dropped.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from rocksdict import Options, Rdict, WriteBatch

from streams.gate.memory import Ending, Release, Seen, Standing

# A store of another format is forgotten and read anew from the topics.
FORMAT = 3
PLACE = b"place"
HEAD = struct.Struct(">iIq")
POINT = struct.Struct(">iIqdd")
UNTIL, AT, REVISION = struct.Struct(">Q"), struct.Struct(">IQ"), struct.Struct(">i")
# Standings held in Python; all are forgotten past that many, and found again in the store.
HELD = 50_000
Offsets = Mapping[tuple[str, int], int]


class StoreTaken(RuntimeError):
    """Another process holds the store."""


class RocksMemory:
    """The store in a folder of its own; see :class:`streams.gate.memory.Memory`."""

    def __init__(self, folder: Path) -> None:
        """Open or create it; raises :class:`StoreTaken` when another gate has it open."""
        self.folder = folder
        folder.parent.mkdir(parents=True, exist_ok=True)
        self._store = self._open()
        place = json.loads(self._store.get(PLACE) or "{}")
        if place and place.get("format") != FORMAT:
            self._begin_anew()
            place = {}
        self.topic_ids: dict[str, str] = place.get("topic_ids", {})
        self.offsets: dict[tuple[str, int], int] = {
            (topic, partition): offset for topic, partition, offset in place.get("offsets", [])
        }
        self._next = int(place.get("next", 0))
        self._numbers: dict[Standing, int] = {}
        self._standings: dict[int, Standing] = {}

    def lookup(self, record_ids: Sequence[str]) -> list[Seen | None]:
        """See :class:`streams.gate.memory.Memory`. One call to the store for them all."""
        values: Any = self._store.get([b"r" + record_id.encode() for record_id in record_ids])
        return [None if value is None else self._seen(value) for value in values]

    def due(self, now: int) -> Iterator[Ending]:
        """The releases that have ended by then (milliseconds since the epoch), the earliest first."""
        entries: Any = self._store.items(from_key=b"e")
        for key, value in entries:
            if key[:1] != b"e" or UNTIL.unpack_from(key, 1)[0] > now:
                return
            yield _ending(key, value)

    def remember(
        self,
        records: Iterable[tuple[str, Seen]],
        offsets: Offsets,
        endings: Iterable[Ending] = (),
        over: Iterable[Ending] = (),
    ) -> None:
        """Keep records, and that the store is complete up to (not with) these offsets of the shared topics' partitions;
        keep endings of releases, and forget those that are ``over``. All of it or nothing."""
        self.offsets |= offsets
        batch = WriteBatch(raw_mode=True)
        for record_id, (revision, standing, event_at, lat, lon) in records:
            number = self._numbers.get(standing)
            if number is None:
                number = self._number(standing, batch)
            value = (
                HEAD.pack(revision, number, event_at)
                if lat is None
                else POINT.pack(revision, number, event_at, lat, lon)
            )
            batch.put(b"r" + record_id.encode(), value)
        for ending in endings:
            release = ending.release
            batch.put(_ending_key(ending), REVISION.pack(release.revision) + release.record_id.encode())
        for ending in over:
            batch.delete(_ending_key(ending))
        place = {
            "format": FORMAT,
            "topic_ids": self.topic_ids,
            "offsets": [[*partition, offset] for partition, offset in self.offsets.items()],
            "next": self._next,
        }
        batch.put(PLACE, json.dumps(place).encode())
        self._store.write(batch)

    def clear(self, topic_ids: Mapping[str, str]) -> None:
        """Forget all: the topics, whose ids are given by name, are others now."""
        self._begin_anew()
        self.topic_ids, self.offsets, self._next = dict(topic_ids), {}, 0
        self._numbers.clear()
        self._standings.clear()
        self.remember([], {})

    def close(self) -> None:
        """Let the store go."""
        self._store.close()

    def _seen(self, value: bytes) -> Seen:
        if len(value) == POINT.size:
            revision, number, event_at, lat, lon = POINT.unpack(value)
            return Seen(revision, self._standing(number), event_at, lat, lon)
        revision, number, event_at = HEAD.unpack(value)
        return Seen(revision, self._standing(number), event_at)

    def _standing(self, number: int) -> Standing:
        found = self._standings.get(number)
        if found is None:
            body: Any = self._store.get(_standing_key(number))
            record_type, district, retracted, visible_to, category, offence, ahead = json.loads(body)
            found = Standing(record_type, district, retracted, tuple(visible_to), category, offence, ahead)
            self._hold(number, found)
        return found

    def _number(self, standing: Standing, batch: WriteBatch) -> int:
        """Give it a number. One that was forgotten here gets another, which does no harm."""
        number = self._next
        self._next += 1
        batch.put(_standing_key(number), json.dumps(standing).encode())
        self._hold(number, standing)
        return number

    def _hold(self, number: int, standing: Standing) -> None:
        if len(self._standings) >= HELD:
            self._standings.clear()
            self._numbers.clear()
        self._standings[number] = standing
        self._numbers[standing] = number

    def _begin_anew(self) -> None:
        self.close()
        Rdict.destroy(str(self.folder), Options(raw_mode=True))
        self._store = self._open()

    def _open(self) -> Rdict:
        try:
            return Rdict(str(self.folder), Options(raw_mode=True))
        except Exception as error:  # rocksdict raises bare exceptions
            if "lock" in str(error).lower():
                raise StoreTaken(
                    f"{self.folder} is held by another gate: stop that one, or name another folder"
                ) from error
            raise


def _standing_key(number: int) -> bytes:
    return b"s" + number.to_bytes(4, "big")


def _ending_key(ending: Ending) -> bytes:
    place = AT.pack(ending.partition, ending.offset)
    return b"e" + UNTIL.pack(ending.release.until) + ending.topic.encode() + place


def _ending(key: bytes, value: bytes) -> Ending:
    (until,), (revision,) = UNTIL.unpack_from(key, 1), REVISION.unpack_from(value)
    topic = key[1 + UNTIL.size : -AT.size].decode()
    release = Release(until, value[REVISION.size :].decode(), revision)
    return Ending(release, topic, *AT.unpack(key[-AT.size :]))
