"""The folder of the backups, and what is known of each: ``<name>/`` as ClickHouse wrote it, and ``<name>.json``.

The manifest is written last and deleted first. So a folder without one is a backup that was cut off, whichever way.
"""

from __future__ import annotations

import fcntl
import json
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from infra.backup.errors import BackupError
from infra.local.endpoints import write_private
from streams.settings import Settings

NAME = re.compile(r"\d{4}-\d\d-\d\dT\d{6}Z")
VERSION = 1


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is known of a backup. It holds no record, only counts and places."""

    name: str
    taken_at: float
    """Seconds since the epoch; everything that had been landed by then is in it."""
    days: int
    """No row in it is due sooner than so many days after it was taken."""
    size: int
    """Bytes on disk."""
    rows: dict[str, int]
    """Rows by table."""
    rules: dict[str, int]
    """Days of each rule of retention that was in force, by the rule's key."""
    cluster: str
    """The id of the Kafka cluster that ``places`` are of."""
    places: dict[str, dict[int, int]] = field(default_factory=dict)
    """By topic and partition: the offset at which landing goes on after what is in the backup."""
    version: int = VERSION

    @property
    def total(self) -> int:
        """Rows of all tables."""
        return sum(self.rows.values())

    def goes_at(self, days: int) -> datetime:
        """When it must be gone, where a backup is kept for ``days``: never later than it was made for."""
        return datetime.fromtimestamp(self.taken_at, UTC) + timedelta(days=min(self.days, days))


class Shelf:
    """The backups of one stack."""

    def __init__(self, settings: Settings) -> None:
        self.folder = settings.backups

    def all(self) -> list[Manifest]:
        """Every finished backup, the newest first.

        Raises:
            BackupError: a manifest cannot be read.
        """
        files = sorted((file for file in self.folder.glob("*.json") if NAME.fullmatch(file.stem)), reverse=True)
        return [_read(file) for file in files]

    def of(self, name: str) -> Manifest:
        """One of them.

        Raises:
            BackupError: there is none of that name, or its manifest cannot be read.
        """
        found = {manifest.name: manifest for manifest in self.all()}
        if name not in found:
            raise BackupError(f"there is no backup {name!r} in {self.folder}: `crossbeat backup --list` shows them")
        return found[name]

    def unfinished(self) -> list[str]:
        """What was begun and never finished, or half deleted."""
        folders = (entry.name for entry in self.folder.glob("*") if entry.is_dir() and NAME.fullmatch(entry.name))
        return sorted(name for name in folders if not self._manifest(name).exists())

    def path(self, name: str) -> Path:
        """Where ClickHouse writes the backup of that name."""
        return self.folder / name

    def keep(self, manifest: Manifest) -> None:
        """Say that a backup is whole."""
        write_private(self._manifest(manifest.name), json.dumps(asdict(manifest), indent=1))

    def remove(self, name: str) -> None:
        """Delete a backup.

        Raises:
            BackupError: the files cannot be deleted.
        """
        try:
            self._manifest(name).unlink(missing_ok=True)
            if self.path(name).exists():
                shutil.rmtree(self.path(name))
        except OSError as error:
            raise BackupError(f"backup {name} cannot be deleted: {error.strerror}: delete it by hand") from error

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Nobody else makes, deletes or restores one meanwhile.

        Raises:
            BackupError: somebody does, or the folder cannot be written.
        """
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self.folder.chmod(0o700)
            stream = (self.folder / ".lock").open("a")
        except OSError as error:
            words = "make room, or set backup.folder to a folder of yours"
            raise BackupError(f"backups cannot be kept in {self.folder}: {error.strerror}: {words}") from error
        with stream:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError as error:
                words = "wait until it is done, then try again"
                raise BackupError(f"another command makes, deletes or restores a backup now: {words}") from error
            yield

    def _manifest(self, name: str) -> Path:
        return self.folder / f"{name}.json"


def _read(file: Path) -> Manifest:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        if told["version"] != VERSION:
            raise ValueError(f"it is of version {told['version']}, this is version {VERSION}")
        told["places"] = {
            topic: {int(partition): int(offset) for partition, offset in places.items()}
            for topic, places in told["places"].items()
        }
        manifest = Manifest(**told)
        if manifest.name != file.stem:
            raise ValueError("it is that of another backup")
    except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
        words = f"mend it, or delete it with the folder {file.stem} beside it"
        raise BackupError(f"the manifest {file} cannot be read: {error}: {words}") from error
    return manifest
