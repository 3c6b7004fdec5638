"""Run a stack until told to end: ``crossbeat up`` in a terminal, and its background half without one."""

from __future__ import annotations

import signal
import sys
import threading
from pathlib import Path
from types import FrameType

import structlog
from rich.console import Console
from rich.live import Live
from rich.table import Table

from infra.local import report, select, view
from infra.local.errors import StackError
from infra.local.stack import Stack
from streams.settings import Configured, Settings

WATCH_S = 1.0
END_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Asked(BaseException):
    """A signal asked to end while the stack was starting."""


class Ending:
    """Turns the first signal into the wish to end; during the start it breaks off what is being waited for."""

    def __init__(self) -> None:
        self.wished = threading.Event()
        self.starting = True
        for number in END_SIGNALS:
            signal.signal(number, self._on)

    def _on(self, number: int, frame: FrameType | None) -> None:
        again = self.wished.is_set()
        self.wished.set()
        if self.starting and not again:
            raise Asked


def keep(stack: Stack, ending: Ending) -> None:
    """Start, watch, and stop in order when asked, or when it cannot start.

    Raises:
        StackError: it could not start.
    """
    try:
        stack.start()
        ending.starting = False
        while not ending.wished.wait(WATCH_S):
            stack.watch()
    except Asked:
        structlog.get_logger().info("asked to end while starting")
    finally:
        ending.starting = False
        stack.stop()


def run(configured: Settings, servers: tuple[str, ...], workers: tuple[str, ...], console: Console) -> None:
    """In a terminal: a table that follows.

    Raises:
        StackError: it could not start.
    """
    select.fetch(configured, servers, workers)
    log_to(configured.data / "logs")
    ending = Ending()
    stack = Stack(configured, servers, workers)
    with Live(console=console, refresh_per_second=4, get_renderable=lambda: _shown(stack, ending)):
        keep(stack, ending)


def _shown(stack: Stack, ending: Ending) -> Table:
    if ending.wished.is_set():
        caption = "ending, in order …"
    elif stack.ready:
        caption = f"data in {stack.configured.data} · its logs in logs/ · Ctrl-C ends all"
    else:
        caption = "starting …"
    return view.table(report.describe(stack), "Crossbeat", caption)


def log_to(folder: Path) -> None:
    """Send our own log lines to ``supervisor.log``: the terminal shows the table."""
    folder.mkdir(parents=True, exist_ok=True)
    structlog.configure(logger_factory=structlog.WriteLoggerFactory((folder / "supervisor.log").open("a")))


def main() -> None:
    """``python -m infra.local.foreground SERVERS WORKERS``: the background half of ``crossbeat up --detach``."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    servers, workers = (tuple(name for name in text.split(",") if name) for text in sys.argv[1:])
    try:
        keep(Stack(Configured(), servers, workers), Ending())
    except StackError as error:
        sys.exit(f"{error.message}\nto do: {error.todo}")


if __name__ == "__main__":
    main()
