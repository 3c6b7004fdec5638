"""``python -m connectors.loader``: land until SIGTERM or SIGINT. Exits with 1 and the reason when it cannot go on."""

from __future__ import annotations

import signal
import sys
import threading

import structlog

from connectors.loader.landing import TooManyRefused
from connectors.loader.worker import Loader
from streams import settings


def main() -> int:
    """Run the loader; the exit code."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    log = structlog.get_logger()
    stopping = threading.Event()
    for name in (signal.SIGTERM, signal.SIGINT):
        signal.signal(name, lambda *_: stopping.set())
    try:
        Loader(settings.load(), stopping).run()
    except TooManyRefused as error:
        log.error(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
