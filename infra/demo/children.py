"""The two commands that the demo runs as a person would: the backfill, and an alert consumer."""

from __future__ import annotations

import json
import os
import queue
import sys
import threading
from pathlib import Path
from subprocess import DEVNULL, PIPE, Popen, TimeoutExpired
from typing import Any

from infra.local.process import TETHER, Child
from streams.settings import Settings

STOP_S = 10.0


def command(*words: str) -> list[str]:
    """``crossbeat <words>`` by this interpreter."""
    return [sys.executable, "-m", "infra.cli", *words]


def environment(settings: Settings) -> dict[str, str]:
    """What tells a command which stack to use."""
    told = {"CROSSBEAT_DATA_DIR": str(settings.data), "CROSSBEAT_CACHE_DIR": str(settings.cache)}
    return {**os.environ, **told}


class Backfill:
    """``crossbeat backfill FILE --mapping …`` in a process of its own; its output goes to the log folder."""

    def __init__(self, settings: Settings, file: Path, mapping: Path) -> None:
        self.log = settings.data / "logs" / "backfill.log"
        words = command("backfill", str(file), "--mapping", str(mapping))
        self._child = Child(words, self.log, env=environment(settings))

    @property
    def finished(self) -> bool:
        """Whether the whole file is published."""
        return not self._child.alive and self._child.exit_code == 0

    @property
    def failed(self) -> bool:
        """Whether it ended otherwise."""
        return not self._child.alive and self._child.exit_code != 0

    def stop(self) -> None:
        """End it, if it still runs; the next run of the same file would go on there."""
        self._child.stop(STOP_S)


class AlertFeed:
    """``crossbeat alerts --follow --json``: its lines, read by a thread, taken by the demo."""

    def __init__(self, settings: Settings) -> None:
        tied = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *command("alerts", "--follow", "--json")]
        with (settings.data / "logs" / "alerts.log").open("ab") as log:
            self._process = Popen(tied, stdin=DEVNULL, stdout=PIPE, stderr=log, text=True, env=environment(settings))
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def take(self) -> list[dict[str, Any]]:
        """The alerts that came since the last call."""
        found = []
        while not self._lines.empty():
            found.append(json.loads(self._lines.get()))
        return found

    def stop(self) -> None:
        """End the consumer."""
        self._process.terminate()
        try:
            self._process.wait(STOP_S)
        except TimeoutExpired:
            self._process.kill()
            self._process.wait()

    def _read(self) -> None:
        for line in self._process.stdout or ():
            self._lines.put(line)
