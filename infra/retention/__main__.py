"""``python -m infra.retention``: delete what was kept long enough, once, and count it for ``crossbeat status``.

Rows first, then, where the settings say so, a backup of what is left, then the backups that must go: those too when
the new one failed.

One run a process, which nothing of it outlives. Exits with 1 and the reason when it could not; it can be run again.
"""

from __future__ import annotations

import os
import sys
import time

import structlog

from infra import backup
from infra.backup import BackupError, Shelf
from infra.local.retention_counts import Counted
from infra.provision.errors import ProvisionError
from infra.retention.rules import rules
from infra.retention.tables import Tables
from streams import districts, settings
from streams.districts import BadDistrict

NICENESS = 19
log = structlog.get_logger("retention")


def main() -> int:
    """Run; the exit code."""
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    # Nobody waits for it: whatever else runs on this machine goes first.
    os.nice(NICENESS)
    ours, began = settings.load(), time.monotonic()
    counted = Counted(ours.data)
    try:
        joined = districts.load_all(ours.districts)
        with Tables(ours) as tables:
            gone = tables.delete(rules(joined))
        try:
            if ours.backup.nightly:
                backup.take(ours, joined)
        finally:
            backups_gone = len(backup.expire(ours, joined))
        kept = len(Shelf(ours).all())
    except (ProvisionError, BackupError, BadDistrict) as error:
        log.error("retention was not applied", message=str(error))
        counted.failed(type(error).__name__)
        return 1
    counts = counted.done(gone, time.time(), backups=kept, backups_gone=backups_gone)
    log.info("retention applied", **counts, seconds=round(time.monotonic() - began, 2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
