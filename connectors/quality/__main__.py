"""``python -m connectors.quality``: check landed rows until SIGTERM or SIGINT."""

from __future__ import annotations

import os
import signal
import sys
import threading

import structlog

from streams import settings

NICENESS = 10


def main() -> int:
    """Run the worker; the exit code."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    # Nobody waits for a check: whatever else runs on this machine goes first.
    os.nice(NICENESS)
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    from connectors.quality.worker import Worker

    Worker(settings.load(), stopping).run()
    return 0


if __name__ == "__main__":
    sys.exit(main())
