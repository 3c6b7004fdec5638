"""``python -m jobs.run [PATTERN …]``: the jobs process. SIGTERM stops it with savepoints; a lost job ends it with 1."""

from __future__ import annotations

import signal
import sys

import structlog

from jobs.compiler import CompileFailed
from jobs.jars import JarMissing
from jobs.jvm import JvmFailed
from jobs.pattern import PatternError
from jobs.rest import FlinkUnreachable
from jobs.runner import JobFailed, Runner
from streams import settings

log = structlog.get_logger(__name__)


def main(arguments: list[str]) -> int:
    """Run the patterns of these names or folders, or all of ours; gives the exit code."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        runner = Runner(settings.load(), arguments or None)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: runner.stop())
        runner.run()
    except (CompileFailed, FlinkUnreachable, JarMissing, JobFailed, JvmFailed, PatternError) as error:
        log.error("jobs ended", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
