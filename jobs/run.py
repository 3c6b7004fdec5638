"""``python -m jobs.run [--after FILE] [PATTERN …]``: the jobs process.

SIGTERM stops it with savepoints; a lost job ends it with 1. With ``--after`` it prepares everything, which takes most
of a start, and begins when FILE is there: the servers may still be starting until then.
"""

from __future__ import annotations

import argparse
import signal
import sys
from pathlib import Path

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
    asked = argparse.ArgumentParser(prog="python -m jobs.run")
    asked.add_argument("--after", type=Path)
    asked.add_argument("pattern", nargs="*")
    given = asked.parse_args(arguments)
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    try:
        runner = Runner(settings.load(), given.pattern or None, given.after)
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: runner.stop())
        runner.run()
    except (CompileFailed, FlinkUnreachable, JarMissing, JobFailed, JvmFailed, PatternError) as error:
        log.error("jobs ended", reason=str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
