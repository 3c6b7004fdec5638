"""Which files of a folder are whole: those that have stayed as they are for a while."""

from __future__ import annotations

import os
import time
from collections.abc import Callable
from fnmatch import fnmatch
from pathlib import Path
from typing import NamedTuple

from connectors.files.read import KINDS

UNFINISHED = (".tmp", ".part", ".partial", ".filepart", ".crdownload", ".swp")
"""Endings that programs give to what they have not finished."""


class Stamp(NamedTuple):
    """By what a changed file is told from the same one without reading it."""

    size: int
    modified_ns: int
    number: int
    """That of the file in its file system: another file of the same name has another."""

    @classmethod
    def of(cls, path: Path) -> Stamp:
        """The file's stamp now. Raises ``FileNotFoundError``."""
        found = path.stat()
        return cls(found.st_size, found.st_mtime_ns, found.st_ino)


class Folder:
    """A folder, and how long each of its files has stayed as it is."""

    def __init__(
        self, path: Path, pattern: str, any_ending: bool, settle_s: float, now: Callable[[], float] = time.monotonic
    ) -> None:
        """``any_ending``: the mapping says the format, so the name need not."""
        self.path = path
        self._pattern = pattern
        self._any = any_ending
        self._settle_s = settle_s
        self._now = now
        self._since: dict[str, tuple[Stamp, float]] = {}

    def whole(self) -> tuple[list[tuple[Path, Stamp]], bool]:
        """The files that have settled, the oldest first, and whether others have still to.

        Raises:
            OSError: the folder cannot be read.
        """
        now, files = self._now(), dict(self._files())
        self._since = {name: seen for name, seen in self._since.items() if name in files}
        settled: list[tuple[Path, Stamp]] = []
        for name, stamp in files.items():
            before = self._since.get(name)
            if before is None or before[0] != stamp:
                self._since[name] = before = (stamp, now)
            if stamp.size and now - before[1] >= self._settle_s:
                settled.append((self.path / name, stamp))
        settled.sort(key=lambda file: (file[1].modified_ns, file[0].name))
        return settled, any(now - since < self._settle_s for _, since in self._since.values())

    def _files(self) -> list[tuple[str, Stamp]]:
        found = []
        with os.scandir(self.path) as entries:
            names = [entry.name for entry in entries if self._wanted(entry.name) and entry.is_file()]
        for name in names:
            try:
                found.append((name, Stamp.of(self.path / name)))
            except FileNotFoundError:
                continue  # taken away since
        return found

    def _wanted(self, name: str) -> bool:
        ending = Path(name).suffix.lower()
        if name.startswith((".", "~")) or ending in UNFINISHED:
            return False
        if self._pattern:
            return fnmatch(name, self._pattern)
        return self._any or ending in KINDS
