"""Retention by night: when it is due, and the process that does it and ends.

Not a worker that waits: for one second's work a day it would keep a Python in memory and take from the start of a stack
(decision 0191). The supervisor looks at the clock anyway.
"""

from __future__ import annotations

import sys
import time
from datetime import UTC, datetime, timedelta

import structlog

from infra.local.process import Child, explain
from infra.local.retention_counts import NAME, ran_at
from infra.local.service import Place
from streams.settings import Retention, Settings

MODULE = "infra.retention"
RETRY_S = 900.0
PATIENCE_S = 5.0
log = structlog.get_logger()


def due(told: Retention, last: float, started: float, now: float) -> bool:
    """Whether a run is due.

    Args:
        told: at what time of day, and how long a new stack waits first.
        last: when the last run went well; nought if none did.
        started: when this stack was ready.
        now: the time. All in seconds since the epoch.
    """
    if not told.at or now - started < told.wait_s:
        return False
    return last < latest(told.at, now)


def latest(at: str, now: float) -> float:
    """The last moment until ``now`` at which that time of day was, in UTC; in seconds since the epoch."""
    moment = datetime.fromtimestamp(now, UTC)
    hour, minute = map(int, at.split(":"))
    today = moment.replace(hour=hour, minute=minute, second=0, microsecond=0)
    return (today if today <= moment else today - timedelta(days=1)).timestamp()


class Nightly:
    """The runs of one stack. ``look`` at it from the thread that lives as long as the stack."""

    def __init__(self, settings: Settings, place: Place) -> None:
        self._told, self._place = settings.retention, place
        self._backup = settings.backup.model_dump_json()
        self._started = time.time()
        self._last = ran_at(place.data)
        self._failed_at = 0.0
        self._child: Child | None = None

    def look(self) -> None:
        """Begin a run that is due, and take in how the one before ended."""
        now = time.time()
        if self._child is not None:
            if self._child.alive:
                return
            self._ended(self._child, now)
            self._child = None
        if now - self._failed_at >= RETRY_S and due(self._told, self._last, self._started, now):
            self._child = self._spawn()

    def stop(self) -> None:
        """End a run that is on its way: the next goes on with what is left."""
        if self._child is not None:
            self._child.stop(PATIENCE_S)

    def _spawn(self) -> Child:
        environment = {
            "CROSSBEAT_DATA_DIR": str(self._place.data),
            "CROSSBEAT_CACHE_DIR": str(self._place.cache),
            "CROSSBEAT_BACKUP": self._backup,
        }
        return Child([sys.executable, "-m", MODULE], self._place.log(NAME), env=environment)

    def _ended(self, child: Child, now: float) -> None:
        before, self._last = self._last, ran_at(self._place.data)
        if child.exit_code != 0 or self._last <= before:
            self._failed_at = now
            how = explain(child.exit_code)
            log.warning("retention was not applied", how=how, again_in_s=RETRY_S, log=str(self._place.log(NAME)))
