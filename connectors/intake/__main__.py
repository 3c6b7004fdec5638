"""``python -m connectors.intake``: take in until SIGTERM or SIGINT. Exits with 1 and the reason when it cannot."""

from __future__ import annotations

import sys

import structlog

from connectors.intake.errors import IntakeError
from connectors.intake.serve import run
from streams import settings
from streams.registry import SchemaNotRegistered


def main() -> int:
    """Run the service; the exit code."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        run(settings.load())
    except (IntakeError, SchemaNotRegistered, OSError) as error:
        structlog.get_logger().error(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
