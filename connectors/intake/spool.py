"""Messages on disk while Kafka is away, in order: on it for certain when :meth:`Spool.append` returns.

A folder of segments ``<number>.spool``. An entry is its length, the CRC of what follows, then topic, key and value,
each with its length. A torn end, as a crash leaves it, was never answered for and is cut off at the start. What was
published is noted in ``published``, without waiting for the disk: a note that is lost sends messages twice, which
their ids make harmless. A segment is deleted when all of it was published.
"""

from __future__ import annotations

import fcntl
import os
import struct
import threading
import zlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import structlog

from connectors.intake.errors import IntakeError, SpoolFull
from connectors.intake.kafka import Message
from connectors.intake.private_file import sync_folder

HEAD = struct.Struct(">II")
PART = struct.Struct(">I")
SEGMENT_BYTES = 64 * 2**20
log = structlog.get_logger()


class Spool:
    """The spool of one folder; one process at a time. Safe to use from several threads."""

    def __init__(self, folder: Path, most_bytes: int, segment_bytes: int = SEGMENT_BYTES) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._folder, self._most, self._segment_bytes = folder, most_bytes, segment_bytes
        self._hold = (folder / "lock").open("w")
        try:
            fcntl.flock(self._hold, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise IntakeError(f"another intake uses {folder}: stop it, or give this one a folder of its own") from error
        self._lock = threading.Lock()
        self._segments = sorted(folder.glob("*.spool"))
        self._first, self._done = self._note()
        self._sizes = {path: _mend(path) for path in self._segments}
        self._file: int | None = None
        self._next_done = self._done

    @property
    def pending_bytes(self) -> int:
        """Bytes that wait to be published."""
        with self._lock:
            return self._pending()

    def append(self, messages: Sequence[Message], *, only_if_pending: bool = False) -> bool:
        """Put messages at the end, on the disk when this returns.

        With ``only_if_pending`` nothing is done, and false returned, when nothing waits: then they may go to Kafka
        directly, and stay behind all that went before.

        Raises:
            SpoolFull: they do not fit, or the disk takes no more; none of them is kept.
        """
        with self._lock:
            if only_if_pending and not self._pending():
                return False
            body = b"".join(map(_entry, messages))
            if self._pending() + len(body) > self._most:
                raise SpoolFull("kafka is away and the spool is full")
            try:
                self._write(body)
            except OSError as error:
                self._give_up_segment()
                raise SpoolFull(f"kafka is away and the spool cannot be written: {error.strerror}") from error
            return True

    def next(self, most: int) -> list[Message]:
        """The oldest messages that wait, at most so many; they wait until :meth:`published`."""
        with self._lock:
            while self._segments and self._done >= self._sizes[self._segments[0]]:
                self._drop_first()
            if not self._segments:
                return []
            path, end = self._segments[0], self._sizes[self._segments[0]]
            start = self._done
        found = []
        for message, after in _entries(path, start, end):
            found.append(message)
            self._next_done = after
            if len(found) == most:
                break
        return found

    def published(self) -> None:
        """Kafka has the messages that :meth:`next` gave last."""
        with self._lock:
            self._done = self._next_done
            if self._done >= self._sizes[self._segments[0]]:
                self._drop_first()
            self._write_note()

    def close(self) -> None:
        """Let go of the folder."""
        with self._lock:
            self._close_file()
            self._hold.close()

    def _pending(self) -> int:
        return sum(self._sizes.values()) - self._done

    def _write(self, body: bytes) -> None:
        file = self._file
        if file is None or self._sizes[self._segments[-1]] >= self._segment_bytes:
            file = self._open_segment()
        view = memoryview(body)
        while view:
            view = view[os.write(file, view) :]
        os.fsync(file)
        self._sizes[self._segments[-1]] += len(body)

    def _open_segment(self) -> int:
        self._close_file()
        number = int(self._segments[-1].stem) + 1 if self._segments else max(1, self._first + 1)
        path = self._folder / f"{number:012d}.spool"
        self._file = file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_APPEND, 0o600)
        self._segments.append(path)
        self._sizes[path] = 0
        sync_folder(self._folder)
        return file

    def _give_up_segment(self) -> None:
        """After a failed write: what was torn is cut off, and the next write begins a new segment."""
        self._close_file()
        if self._segments:
            path = self._segments[-1]
            os.truncate(path, self._sizes[path])

    def _drop_first(self) -> None:
        """Delete the first segment, all of which was published; the note first, so that it never lacks its segment."""
        path = self._segments.pop(0)
        if not self._segments:
            self._close_file()
        del self._sizes[path]
        self._first, self._done = int(path.stem), 0
        self._write_note()
        path.unlink()

    def _close_file(self) -> None:
        if self._file is not None:
            os.close(self._file)
            self._file = None

    def _note(self) -> tuple[int, int]:
        """Number of the newest segment that was published wholly, and bytes published of the next."""
        try:
            first, done = map(int, (self._folder / "published").read_text().split())
        except FileNotFoundError:
            return 0, 0
        except ValueError:
            log.warning("the note of what was published is damaged: the spool is sent from its beginning")
            return 0, 0
        for path in [path for path in self._segments if int(path.stem) <= first]:
            path.unlink()
            self._segments.remove(path)
        return first, done

    def _write_note(self) -> None:
        temporary = self._folder / "published.tmp"
        temporary.write_text(f"{self._first} {self._done}")
        temporary.replace(self._folder / "published")


def _entry(message: Message) -> bytes:
    parts = (message.topic.encode(), message.key, message.value)
    body = b"".join(PART.pack(len(part)) + part for part in parts)
    return HEAD.pack(len(body), zlib.crc32(body)) + body


def _entries(path: Path, start: int, end: int) -> Iterator[tuple[Message, int]]:
    """Whole messages from ``start`` on, each with where it ends; it stops at one that is torn."""
    with path.open("rb") as file:
        file.seek(start)
        at = start
        while at + HEAD.size <= end:
            size, crc = HEAD.unpack(file.read(HEAD.size))
            body = file.read(size) if at + HEAD.size + size <= end else b""
            if len(body) != size or zlib.crc32(body) != crc:
                return
            at += HEAD.size + size
            yield _message(body), at


def _message(body: bytes) -> Message:
    parts, at = [], 0
    for _ in range(3):
        (size,) = PART.unpack_from(body, at)
        parts.append(body[at + PART.size : at + PART.size + size])
        at += PART.size + size
    return Message(parts[0].decode(), parts[1], parts[2])


def _mend(path: Path) -> int:
    """Cut a torn end off; the size that is left."""
    size, whole = path.stat().st_size, 0
    for _, after in _entries(path, 0, size):
        whole = after
    if whole < size:
        # A crash tears only what was not answered for; a bad disk might not, so it is laid aside, not thrown away.
        with path.open("rb") as file:
            file.seek(whole)
            path.with_suffix(".torn").write_bytes(file.read())
        log.warning("a torn end of the spool was laid aside", file=path.with_suffix(".torn").name, bytes=size - whole)
        os.truncate(path, whole)
    return whole
