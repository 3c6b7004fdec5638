"""One child process: started tied to our life, its output in one log file, ended kindly and then for certain.

Start children from a thread that lives as long as they should (the main one): the kernel counts the end of the
starting *thread* as the parent's death.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import psutil

TETHER = Path(__file__).with_name("tether.py")
LOG_LIMIT = 32 << 20  # bytes; a longer log is set aside as <name>.log.1 at the next start
TAIL = 12


class Child:
    """A process group of its own, so that Ctrl-C reaches the supervisor only, which then stops all in order."""

    def __init__(
        self, command: Sequence[str | Path], log: Path, cwd: Path | None = None, env: Mapping[str, str] | None = None
    ) -> None:
        log.parent.mkdir(parents=True, exist_ok=True)
        if log.exists() and log.stat().st_size > LOG_LIMIT:
            log.replace(log.with_name(log.name + ".1"))
        self.log = log
        self._log_from = log.stat().st_size if log.exists() else 0
        tied = [sys.executable, "-I", "-S", str(TETHER), str(os.getpid()), *map(str, command)]
        with log.open("ab") as out:
            self._process = subprocess.Popen(
                tied,
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=subprocess.STDOUT,
                cwd=cwd,
                env={**os.environ, **(env or {})},
                start_new_session=True,
            )

    @property
    def pid(self) -> int:
        """Its process id, also its process group."""
        return self._process.pid

    @property
    def exit_code(self) -> int | None:
        """How it ended (negative: by that signal), or None while it runs."""
        return self._process.poll()

    @property
    def alive(self) -> bool:
        """Whether it runs."""
        return self.exit_code is None

    def signal(self, number: signal.Signals) -> None:
        """Send a signal to its whole group, if any of it is left."""
        try:
            os.killpg(self.pid, number)
        except ProcessLookupError:
            return  # it ended by itself between our look and the signal

    def stop(self, patience_s: float) -> bool:
        """SIGTERM, then SIGKILL after ``patience_s``. True when it ended by itself."""
        kindly = True
        if self.alive:
            self._process.send_signal(signal.SIGTERM)
            try:
                self._process.wait(patience_s)
            except subprocess.TimeoutExpired:
                kindly = False
        self.signal(signal.SIGKILL)  # what is left of the group, such as a JVM that a worker started
        self._process.wait()
        return kindly

    def said(self, lines: int = TAIL) -> str:
        """The last lines that this run wrote to its log."""
        with self.log.open("rb") as stream:
            end = stream.seek(0, os.SEEK_END)
            stream.seek(max(self._log_from, end - 16_384))
            return "\n".join(stream.read().decode(errors="replace").splitlines()[-lines:])


def explain(exit_code: int | None) -> str:
    """An exit code in words."""
    if exit_code is None:
        return "still runs"
    if exit_code < 0:
        return f"was ended by {signal.Signals(-exit_code).name}"
    return f"ended with code {exit_code}"


def resident_bytes(pid: int) -> int:
    """Memory of a process and of all below it (the jobs run a JVM), shared pages in each; nought once it has ended."""
    total = 0
    with contextlib.suppress(psutil.NoSuchProcess):
        process = psutil.Process(pid)
        for one in [process, *process.children(recursive=True)]:
            with contextlib.suppress(psutil.NoSuchProcess):
                total += one.memory_info().rss
    return total
