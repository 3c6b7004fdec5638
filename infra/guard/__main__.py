"""``python -m infra.guard``: guard until SIGTERM or SIGINT. Exits with 1 and the reason when it cannot."""

from __future__ import annotations

import sys

import structlog

from infra.guard.serve import CannotServe, run
from streams import settings


def main() -> int:
    """Run the guard; the exit code."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        run(settings.load())
    except (CannotServe, OSError) as error:
        structlog.get_logger().error(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
