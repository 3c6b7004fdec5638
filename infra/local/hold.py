"""One stack a data folder: a lock that the kernel frees when its holder ends, however it ends."""

from __future__ import annotations

import fcntl
import os
from io import TextIOWrapper
from pathlib import Path

from infra.local.errors import AlreadyRunning, DiskFull, StackError

LOCK = Path("run") / "lock"


class Hold:
    """Take it with ``take()``, give it back with ``free()`` or by ending."""

    def __init__(self, data: Path) -> None:
        self.file = data / LOCK
        self._stream: TextIOWrapper | None = None

    def take(self) -> None:
        """Take the folder.

        Raises:
            AlreadyRunning: another stack has it.
            StackError: the folder cannot be written.
        """
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            stream = self.file.open("a+")
        except OSError as error:
            kind = DiskFull if error.errno == 28 else StackError
            raise kind(
                f"cannot write to the data folder {self.file.parent.parent}: {error.strerror}",
                "make room or set CROSSBEAT_DATA_DIR to a folder of yours",
            ) from error
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            stream.close()
            raise AlreadyRunning(
                f"a stack already runs on {self.file.parent.parent} (process {holder(self.file.parent.parent)})",
                "`crossbeat status` shows it, `crossbeat down` ends it; for a second one set CROSSBEAT_DATA_DIR",
            ) from error
        stream.truncate(0)
        stream.write(str(os.getpid()))
        stream.flush()
        self._stream = stream

    def free(self) -> None:
        """Give it back."""
        if self._stream is not None:
            self._stream.close()
            self._stream = None


def holder(data: Path) -> int | None:
    """The process id of the stack that holds the folder, or None when none does."""
    file = data / LOCK
    if not file.exists():
        return None
    with file.open("r") as stream:
        try:
            fcntl.flock(stream, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            text = stream.read()
            return int(text) if text else None
    return None
