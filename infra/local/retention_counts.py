"""What the runs by night have done, in ``<data>/run/retention.json``: the counters of a worker that is seldom there.

The file outlives stacks as well as runs: by it a new stack knows whether a night was missed. It is here rather than in
``infra.retention`` because the supervisor reads it, which must not load the clients of the servers for that.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from streams.metrics import Meter, Value, read

if TYPE_CHECKING:
    from infra.retention.due import Gone

NAME = "retention"
TOTALS = ("runs", "rows", "withdrawn", "backups_gone")


class Counted:
    """The counters of one data folder, gone on with."""

    def __init__(self, data: Path) -> None:
        self._meter = Meter(NAME, data)
        before = read(NAME, data)
        self._totals = {name: _whole(before.get(name)) for name in TOTALS}
        last = {name: before[name] for name in ("last", "last_rows", "ran_at", "backups") if name in before}
        self._meter.set(**self._totals, **last)  # type: ignore[arg-type]  # as they were written

    def done(self, gone: Iterable[Gone], now: float, backups: int = 0, backups_gone: int = 0) -> dict[str, int]:
        """Count a run that went well; ``now`` in seconds since the epoch, ``backups`` those that are left.

        Returns:
            Its rows that were deleted and withdrawn, also by table, and its backups.
        """
        tables: dict[str, int] = {}
        withdrawn = 0
        for one in gone:
            tables[one.name] = tables.get(one.name, 0) + one.count
            withdrawn += one.count if one.withdrawn else 0
        rows = sum(tables.values()) - withdrawn
        for name, number in zip(TOTALS, (1, rows, withdrawn, backups_gone), strict=True):
            self._totals[name] += number
        when = time.strftime("%Y-%m-%d %H:%M UTC", time.gmtime(now))
        told: dict[str, Value] = {
            "last": when,
            "last_rows": rows,
            "ran_at": now,
            "backups": backups,
            "last_error": None,
        }
        self._meter.set(**self._totals, **told)
        self._meter.flush()
        counts = {"rows": rows, "withdrawn": withdrawn, "backups": backups, "backups_gone": backups_gone}
        return {**counts, **{f"of_{table}": count for table, count in tables.items()}}

    def failed(self, kind: str) -> None:
        """Note that a run did not go well."""
        self._meter.set(last_error=kind)
        self._meter.flush()


def ran_at(data: Path) -> float:
    """When a run last went well, in seconds since the epoch; nought if none did."""
    found = read(NAME, data).get("ran_at")
    return float(found) if isinstance(found, int | float) else 0.0


def _whole(value: object) -> int:
    return value if isinstance(value, int) else 0
